import type { Logger } from './logger.ts';
import type { PassTrace } from './pass-trace.ts';

/** What goes with a pass down to every request that it makes. */
export interface PassContext {
  /** Says on every line which pass of which object it is about. */
  readonly log: Logger;
  readonly trace: PassTrace;
}

/** The pass that a request sent with `signal` belongs to; `undefined` for a request of no pass. */
export type PassContextOf = (signal: AbortSignal) => PassContext | undefined;
