/** How a failed pass goes on: retried with back-off, looked at again after a time, or left until something changes. */
export type FailureKind = 'Transient' | 'Waiting' | 'Terminal';

/**
 * The reasons that errors may give, each with its kinds of failure. Empty here: `runtime` and `kube` add their own as
 * members, so that they stand alone, and the part that documents the reasons of this program adds all of them, with the same
 * kinds.
 */
// biome-ignore lint/suspicious/noEmptyInterface: an interface is what another module can add members to
export interface ReasonRegister {}

/** CamelCase word for programs: the reason of a condition, an event, a line of the log. */
export type Reason = keyof ReasonRegister;

/** The reasons of failures of `Kind`. */
export type ReasonFor<Kind extends FailureKind> = {
  [Name in Reason]: Kind extends ReasonRegister[Name] ? Name : never;
}[Reason];

export type FailureReason = ReasonFor<FailureKind>;

/** What went wrong with one pass and, by its class, what happens to the key next. Source: style guide, section 6. */
export abstract class ReconcileError extends Error {
  /** Documented in docs/conditions.md, never renamed lightly: it is the condition's reason. */
  readonly reason: FailureReason;
  /** Present when more than one object suffers from it: the keys then wait together. */
  readonly outage: Outage | undefined;

  constructor(reason: FailureReason, message: string, cause?: unknown, outage?: Outage) {
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
export class TransientError extends ReconcileError {
  declare readonly reason: ReasonFor<'Transient'>;

  constructor(reason: ReasonFor<'Transient'>, message: string, cause?: unknown, outage?: Outage) {
    super(reason, message, cause, outage);
  }
}

/** Somebody or something else must move first: the key is looked at again after `requeueAfterMs`, without back-off. */
export class WaitingError extends ReconcileError {
  declare readonly reason: ReasonFor<'Waiting'>;
  readonly requeueAfterMs: number;

  constructor(reason: ReasonFor<'Waiting'>, message: string, requeueAfterMs: number, cause?: unknown, outage?: Outage) {
    super(reason, message, cause, outage);
    this.requeueAfterMs = requeueAfterMs;
  }
}

/** No retry can mend it: looked at again when the object changes, or at the resync. */
export class TerminalError extends ReconcileError {
  constructor(reason: ReasonFor<'Terminal'>, message: string, cause?: unknown) {
    super(reason, message, cause);
  }
}
