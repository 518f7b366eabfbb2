import type { SpanExporter } from '@opentelemetry/sdk-trace';
import type { Clock } from '../base/clock.ts';
import type { Logger } from '../base/logger.ts';
import { QuietLog } from '../base/quiet-log.ts';

/** Of a failure that goes on; its first line comes at once. */
const LOG_INTERVAL_MS = 600_000;

/**
 * `exporter`, with a line in the log when it begins to fail, another every ten minutes while it goes on failing, and one
 * when it works again, each with the number of spans lost meanwhile.
 */
export function watchExporter(
  exporter: SpanExporter,
  { clock, log }: { readonly clock: Clock; readonly log: Logger },
): SpanExporter {
  const quiet = new QuietLog(clock, LOG_INTERVAL_MS);
  let lost = 0;
  return {
    export(spans, done) {
      exporter.export(spans, (result) => {
        if (result.code === SUCCESS) {
          if (quiet.end()) log.info('traces are taken again', { lostSpans: lost });
          lost = 0;
        } else {
          lost += spans.length;
          // What the failure says varies with each attempt, and one that lasts is one.
          if (quiet.isDue('')) log.warn('traces could not be sent', { lostSpans: lost, error: result.error });
        }
        done(result);
      });
    },
    forceFlush: () => exporter.forceFlush?.() ?? Promise.resolve(),
    shutdown: () => exporter.shutdown(),
  };
}

/** `ExportResultCode.SUCCESS` of @opentelemetry/core. */
const SUCCESS = 0;
