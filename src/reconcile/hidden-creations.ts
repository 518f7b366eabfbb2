import type { Clock } from '../base/clock.ts';
import { TerminalError, WaitingError } from '../base/errors.ts';
import type { Action } from '../plan/actions.ts';
import type { AppliedFacts } from './apply-actions.ts';

/** What is made in AWS and has to be found again before its object may go. */
export type Creation = 'Role' | 'InstanceProfile' | 'Association';

/**
 * By when AWS has carried out a request whose answer was lost, if it ever does, and shows what came of it. AWS names no time;
 * 2 seconds up to some tens are what is reported.
 */
const UNSURE_MS = 30_000;

/**
 * Knows what may stand in AWS although reads do not show it: just made, or asked for without an answer. An object that is
 * deleted must not go before that, for nothing else remembers what was made for it.
 * Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot.html#troubleshoot_general_eventual-consistency
 */
export class HiddenCreations {
  readonly #clock: Clock;
  readonly #graceMs: number;
  readonly #leadingSinceMs: () => number | undefined;
  /** By key, until when reads are not believed, on the monotonic clock. */
  readonly #untilMs: Readonly<Record<Creation, Map<string, number>>> = {
    Role: new Map(),
    InstanceProfile: new Map(),
    Association: new Map(),
  };

  /**
   * `graceMs`: how long reads may not show what was made. `leadingSinceMs`: since when nobody else works, on the monotonic
   * clock: what was asked for before that, nobody here knows.
   */
  constructor(clock: Clock, graceMs: number, leadingSinceMs: () => number | undefined) {
    this.#clock = clock;
    this.#graceMs = graceMs;
    this.#leadingSinceMs = leadingSinceMs;
  }

  /** Takes up what a pass over `key` did; `failure` is what ended it, `undefined` when it got through. */
  passed(key: string, { done, begun }: AppliedFacts, failure: unknown): void {
    for (const action of done) {
      const [deed, what] = deedOf(action);
      if (deed === 'Create') this.#untilMs[what].set(key, this.#clock.monotonicMs() + this.#graceMs);
      if (deed === 'Delete') this.#removed(key, what);
    }
    if (begun === undefined || done.includes(begun)) return;
    const [deed, what] = deedOf(begun);
    if (deed === 'Create' && !isRefusal(failure)) this.#asked(key, what);
    if (deed === 'Delete') this.#removed(key, what);
  }

  forget(key: string): void {
    for (const untilMs of Object.values(this.#untilMs)) untilMs.delete(key);
  }

  /** For how long reads that do not show `what` of `key` are not to be believed; 0: they are. */
  remainingMs(key: string, what: Creation): number {
    const nowMs = this.#clock.monotonicMs();
    const untilMs = this.#untilMs[what].get(key) ?? (this.#leadingSinceMs() ?? nowMs) + this.#unsureMs();
    return Math.max(0, untilMs - nowMs);
  }

  #asked(key: string, what: Creation): void {
    const untilMs = this.#clock.monotonicMs() + this.#unsureMs();
    this.#untilMs[what].set(key, Math.max(untilMs, this.#untilMs[what].get(key) ?? untilMs));
  }

  /** It was seen before it was asked to go: when reads do not show it now, it is gone. */
  #removed(key: string, what: Creation): void {
    this.#untilMs[what].set(key, Number.NEGATIVE_INFINITY);
  }

  #unsureMs(): number {
    return Math.min(UNSURE_MS, this.#graceMs);
  }
}

/** AWS's refusals are Waiting or Terminal; a call that failed otherwise may have been carried out, be it at its first try. */
function isRefusal(failure: unknown): boolean {
  return failure instanceof WaitingError || failure instanceof TerminalError;
}

function deedOf({ kind }: Action): readonly ['Create' | 'Delete', Creation] | readonly [undefined, undefined] {
  switch (kind) {
    case 'CreateRole':
      return ['Create', 'Role'];
    case 'DeleteRole':
      return ['Delete', 'Role'];
    case 'CreateInstanceProfile':
      return ['Create', 'InstanceProfile'];
    case 'DeleteInstanceProfile':
      return ['Delete', 'InstanceProfile'];
    case 'CreateAssociation':
      return ['Create', 'Association'];
    case 'DeleteAssociation':
      return ['Delete', 'Association'];
    default:
      return [undefined, undefined];
  }
}
