/** What went wrong with one pass and, by its class, what happens to the key next. Source: style guide, section 6. */
export abstract class ReconcileError extends Error {
  /** CamelCase, documented in docs/conditions.md, never renamed lightly: it is the condition's reason. */
  readonly reason: string;
  /** Present when more than one object suffers from it: the keys then wait together. */
  readonly outage: Outage | undefined;

  constructor(reason: string, message: string, cause?: unknown, outage?: Outage) {
    super(message, cause === undefined ? undefined : { cause });
    this.reason = reason;
    this.outage = outage;
    this.name = new.target.name;
  }
}

/** What ails many keys at once: one of them looks again for all, and when it gets on, all do. */
export interface Outage {
  /** Equal for all that wait for the same thing: `iam NoCredentials`. */
  readonly name: string;
  /** When to look again; absent: with a back-off of the waiting room's own. */
  readonly retryAfterMs?: number;
}

/** A retry may mend it: the key goes back into the queue with back-off. */
export class TransientError extends ReconcileError {}

/** Somebody or something else must move first: the key is looked at again after `requeueAfterMs`, without back-off. */
export class WaitingError extends ReconcileError {
  readonly requeueAfterMs: number;

  constructor(reason: string, message: string, requeueAfterMs: number, cause?: unknown, outage?: Outage) {
    super(reason, message, cause, outage);
    this.requeueAfterMs = requeueAfterMs;
  }
}

/** No retry can mend it: looked at again when the object changes, or at the resync. */
export class TerminalError extends ReconcileError {}
