import type { Problem } from '../base/problem.ts';

/** How traces are sent; endpoint, headers, time limit and compression are read by the exporter itself. */
export interface TraceSettings {
  readonly protocol: 'http/protobuf' | 'http/json';
  /** Share of the passes that are recorded, 0 to 1. */
  readonly share: number;
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * What the standard environment variables say of traces; `undefined` where none are to be sent: nobody named `otlp` and
 * there is no endpoint, or the SDK is disabled. An empty variable counts as not set. `exporter` is the setting.
 * Source: https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/ and …/otel/protocol/exporter/.
 */
export function readTraceSettings(
  exporter: 'otlp' | 'none' | undefined,
  env: Environment,
): { readonly settings: TraceSettings | undefined } | { readonly problems: readonly Problem[] } {
  const endpoints = ENDPOINTS.filter((name) => isSet(env[name]));
  const wanted = exporter ?? (endpoints.length > 0 ? 'otlp' : 'none');
  if (wanted === 'none' || env.OTEL_SDK_DISABLED?.toLowerCase() === 'true') return { settings: undefined };
  const protocol = readProtocol(env);
  const share = readShare(env);
  const problems = [
    ...endpoints.flatMap((name) => endpointProblems(name, env[name] ?? '')),
    ...('problem' in protocol ? [protocol] : []),
    ...(typeof share === 'number' ? [] : [share]),
  ];
  if (problems.length > 0 || 'problem' in protocol || typeof share !== 'number') return { problems };
  return { settings: { protocol: protocol.name, share } };
}

const ENDPOINTS = ['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT', 'OTEL_EXPORTER_OTLP_ENDPOINT'] as const;
const PROTOCOLS = ['OTEL_EXPORTER_OTLP_TRACES_PROTOCOL', 'OTEL_EXPORTER_OTLP_PROTOCOL'] as const;

function endpointProblems(name: string, text: string): readonly Problem[] {
  if (URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)) return [];
  return [
    { path: name, problem: 'is not an http or https URL: write one such as http://collector.observability:4318' },
  ];
}

function readProtocol(env: Environment): { readonly name: TraceSettings['protocol'] } | Problem {
  const variable = PROTOCOLS.find((name) => isSet(env[name]));
  const text = variable === undefined ? 'http/protobuf' : env[variable];
  if (text === 'http/protobuf' || text === 'http/json') return { name: text };
  const remedy = "write http/protobuf or http/json, and the collector's port for HTTP in the endpoint, often 4318";
  return { path: variable ?? '', problem: `${JSON.stringify(text)} is not spoken here: ${remedy}` };
}

/** Passes have no parents, so the samplers that go by a parent are those that they name for roots. */
function readShare({ OTEL_TRACES_SAMPLER: sampler, OTEL_TRACES_SAMPLER_ARG: argument }: Environment): number | Problem {
  const name = isSet(sampler) ? sampler.replace(/^parentbased_/, '') : 'always_on';
  if (name === 'always_on') return 1;
  if (name === 'always_off') return 0;
  if (name !== 'traceidratio') {
    const known = 'always_on, always_off, traceidratio, or one of these after parentbased_';
    return { path: 'OTEL_TRACES_SAMPLER', problem: `${JSON.stringify(sampler)} is not known here: write ${known}` };
  }
  const share = isSet(argument) ? Number(argument) : 1;
  if (share >= 0 && share <= 1) return share;
  return { path: 'OTEL_TRACES_SAMPLER_ARG', problem: `${JSON.stringify(argument)} is not a number from 0 to 1` };
}

function isSet(text: string | undefined): text is string {
  return text !== undefined && text !== '';
}
