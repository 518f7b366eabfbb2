import { defaultResource, detectResources, envDetector, resourceFromAttributes } from '@opentelemetry/resources';
import {
  BatchSpanProcessor,
  type SpanExporter,
  TraceIdRatioBasedSampler,
  TracerProvider,
} from '@opentelemetry/sdk-trace';
import { type Clock, sleep } from '../base/clock.ts';
import type { Logger } from '../base/logger.ts';
import { createSpanTracer } from './span-tracer.ts';
import type { TraceSettings } from './trace-settings.ts';
import { FLUSH_MS, type OpenTracer, type TracedProcess } from './traced-process.ts';
import { watchExporter } from './watch-exporter.ts';

/** How long one attempt to send may take where OTEL_EXPORTER_OTLP_TIMEOUT does not say. */
const EXPORT_TIMEOUT_MS = 5_000;

/**
 * A tracer that sends spans to an OTLP collector in the background, in batches; endpoint, headers, compression, time limit
 * and resource attributes come from the standard environment variables.
 *
 * Guarantees: a pass never waits for a collector nor fails because of one; at most 2,048 spans wait, what comes on top of
 * them is dropped; a collector that does not take spans is logged as an outage is, seldom.
 */
export async function startOtlpTracer(
  settings: TraceSettings,
  traced: TracedProcess,
  { clock, log }: { readonly clock: Clock; readonly log: Logger },
): Promise<OpenTracer> {
  const exporter = watchExporter(await createExporter(settings.protocol), { clock, log });
  const provider = new TracerProvider({
    resource: defaultResource()
      .merge(
        resourceFromAttributes({
          'service.name': 'appaccess',
          'service.version': traced.version,
          ...traced.attributes,
        }),
      )
      .merge(detectResources({ detectors: [envDetector] })),
    sampler: new TraceIdRatioBasedSampler(settings.share),
    spanProcessors: [new BatchSpanProcessor({ exporter })],
  });
  log.info('traces are sent over OTLP', { protocol: settings.protocol, share: settings.share });
  return {
    tracer: createSpanTracer(provider.getTracer('appaccess', traced.version), traced.controller),
    async stop() {
      const patience = new AbortController();
      const flushed = provider.shutdown().then(
        () => true,
        () => true, // what could not be sent is in the log
      );
      const late = sleep(clock, FLUSH_MS, patience.signal).then(
        () => false,
        () => false,
      );
      if (!(await Promise.race([flushed, late]))) log.warn('last traces given up, the collector takes too long');
      patience.abort();
    },
  };
}

/** Only the one that is used is loaded. */
async function createExporter(protocol: TraceSettings['protocol']): Promise<SpanExporter> {
  const options = process.env.OTEL_EXPORTER_OTLP_TIMEOUT ? {} : { timeoutMillis: EXPORT_TIMEOUT_MS };
  const { OTLPTraceExporter } =
    protocol === 'http/json'
      ? await import('@opentelemetry/exporter-trace-otlp-http')
      : await import('@opentelemetry/exporter-trace-otlp-proto');
  return new OTLPTraceExporter(options);
}
