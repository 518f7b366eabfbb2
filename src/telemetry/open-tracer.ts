import type { Clock } from '../base/clock.ts';
import type { Logger } from '../base/logger.ts';
import { noTracer } from '../base/pass-trace.ts';
import type { TraceSettings } from './trace-settings.ts';
import type { OpenTracer, TracedProcess } from './traced-process.ts';

/** A tracer as `settings` say. Without them it records nothing, and OpenTelemetry is not even loaded. */
export async function openTracer(
  settings: TraceSettings | undefined,
  process: TracedProcess,
  { clock, log }: { readonly clock: Clock; readonly log: Logger },
): Promise<OpenTracer> {
  if (settings === undefined) return { tracer: noTracer, stop: async () => undefined };
  const { startOtlpTracer } = await import('./otlp-tracer.ts');
  return startOtlpTracer(settings, process, { clock, log });
}
