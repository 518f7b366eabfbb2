import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace';
import { expect, test } from 'vitest';
import { watchExporter } from '../../../src/telemetry/watch-exporter.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { recordingLogger } from '../../support/recording-logger.ts';

test('a collector that fails is logged at once, every ten minutes while it lasts, and when it takes spans again', async () => {
  const log = recordingLogger();
  const clock = new ManualClock();
  let fails = true;
  const inner: SpanExporter = {
    export: (_spans, done) => done(fails ? { code: 1, error: new Error('refused') } : { code: 0 }),
    shutdown: async () => undefined,
  };
  const exporter = watchExporter(inner, { clock, log });
  const spans = [{}, {}] as ReadableSpan[]; // only counted
  const send = () => exporter.export(spans, () => undefined);
  for (let minute = 0; minute <= 10; minute += 1) {
    send();
    await clock.advance(60_000);
  }
  fails = false;
  send();
  send();
  expect(log.lines.map(({ level, message, fields }) => [level, message, fields.lostSpans])).toEqual([
    ['warn', 'traces could not be sent', 2],
    ['warn', 'traces could not be sent', 22],
    ['info', 'traces are taken again', 22],
  ]);
});
