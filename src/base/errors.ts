/** What went wrong with one pass and, by its class, what happens to the key next. Source: style guide, section 6. */
export abstract class ReconcileError extends Error {
  /** CamelCase, documented in docs/conditions.md, never renamed lightly: it is the condition's reason. */
  readonly reason: string;

  constructor(reason: string, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.reason = reason;
    this.name = new.target.name;
  }
}

/** A retry may mend it: the key goes back into the queue with back-off. */
export class TransientError extends ReconcileError {}

/** Somebody or something else must move first: the key is looked at again after `requeueAfterMs`, without back-off. */
export class WaitingError extends ReconcileError {
  readonly requeueAfterMs: number;

  constructor(reason: string, message: string, requeueAfterMs: number, cause?: unknown) {
    super(reason, message, cause);
    this.requeueAfterMs = requeueAfterMs;
  }
}

/** No retry can mend it: looked at again when the object changes, or at the resync. */
export class TerminalError extends ReconcileError {}
