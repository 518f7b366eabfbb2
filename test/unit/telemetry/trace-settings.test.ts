import { expect, test } from 'vitest';
import { readTraceSettings } from '../../../src/telemetry/trace-settings.ts';

const ENDPOINT = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318' };
const ALL = { settings: { protocol: 'http/protobuf', share: 1 } };

test('traces are sent when an endpoint is set or the setting says otlp, and not otherwise', () => {
  expect(readTraceSettings(undefined, {})).toEqual({ settings: undefined });
  expect(readTraceSettings(undefined, { OTEL_EXPORTER_OTLP_ENDPOINT: '' })).toEqual({ settings: undefined });
  expect(readTraceSettings(undefined, ENDPOINT)).toEqual(ALL);
  expect(readTraceSettings(undefined, { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'https://c/v1/traces' })).toEqual(ALL);
  expect(readTraceSettings('otlp', {})).toEqual(ALL);
  expect(readTraceSettings('none', ENDPOINT)).toEqual({ settings: undefined });
  expect(readTraceSettings('otlp', { ...ENDPOINT, OTEL_SDK_DISABLED: 'true' })).toEqual({ settings: undefined });
});

test('protocol and sampler are those of the standard variables, and a pass is always a root', () => {
  const read = (env: Record<string, string>) => readTraceSettings('otlp', env);
  expect(read({ OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json' })).toEqual({ settings: { protocol: 'http/json', share: 1 } });
  expect(read({ OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: 'http/json', OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' })).toMatchObject({
    settings: { protocol: 'http/json' },
  });
  const sampler = 'parentbased_traceidratio';
  expect(read({ OTEL_TRACES_SAMPLER: sampler, OTEL_TRACES_SAMPLER_ARG: '0.25' })).toMatchObject({
    settings: { share: 0.25 },
  });
  expect(read({ OTEL_TRACES_SAMPLER: 'always_off' })).toMatchObject({ settings: { share: 0 } });
});

test('all that is wrong with the variables is told at once, each by its name with what to write', () => {
  const env = {
    OTEL_EXPORTER_OTLP_ENDPOINT: 'collector:4317',
    OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc',
    OTEL_TRACES_SAMPLER: 'traceidratio',
    OTEL_TRACES_SAMPLER_ARG: '25%',
  };
  const read = readTraceSettings(undefined, env);
  const problems = 'problems' in read ? read.problems : [];
  expect(problems.map(({ path, problem }) => `${path} ${problem}`)).toEqual([
    expect.stringMatching(/^OTEL_EXPORTER_OTLP_ENDPOINT is not an http or https URL: write one such as/),
    expect.stringMatching(/^OTEL_EXPORTER_OTLP_PROTOCOL "grpc" is not spoken here: write http\/protobuf or http\/json/),
    'OTEL_TRACES_SAMPLER_ARG "25%" is not a number from 0 to 1',
  ]);
});
