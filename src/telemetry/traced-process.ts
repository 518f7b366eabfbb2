import type { Tracer } from '../base/pass-trace.ts';

/** A tracer and its end. */
export interface OpenTracer {
  readonly tracer: Tracer;
  /** Sends what is left, for at most {@link FLUSH_MS}. Never rejects. */
  stop(): Promise<void>;
}

/** What all traces of this process say of it. */
export interface TracedProcess {
  readonly controller: string;
  readonly version: string;
  /** By the names of OpenTelemetry's semantic conventions: `k8s.cluster.name`. */
  readonly attributes: Readonly<Record<string, string>>;
}

/** How long a stop waits for the last traces. */
export const FLUSH_MS = 3_000;
