import type { Clock } from '../base/clock.ts';
import { WaitingError } from '../base/errors.ts';

/** What is made in AWS for one object, and has to be found again before that may go. */
export type Creation = 'Role' | 'InstanceProfile' | AssociationOf;
type AssociationOf = `association of ${string}`;

/**
 * By when AWS has carried out a request whose answer was lost, if it ever does, and shows what came of it. AWS names no time;
 * 2 seconds up to some tens are what is reported.
 */
const UNSURE_MS = 30_000;
/** When what is not shown is looked for again; IAM shows most roles within seconds. */
const RECHECK_MS = 3_000;

/**
 * Knows what may stand in AWS although reads do not show it: just made, or asked for without an answer. An object that is
 * deleted must not go before that, for nothing else remembers what was made for it.
 * Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot.html#troubleshoot_general_eventual-consistency
 */
export class HiddenCreations {
  readonly #clock: Clock;
  readonly #graceMs: number;
  readonly #leadingSinceMs: () => number | undefined;
  /** By key, until when reads are not believed, on the monotonic clock; what was written last is last. */
  readonly #untilMs = new Map<string, Map<Creation, number>>();

  /**
   * `graceMs`: how long reads may not show what was made. `leadingSinceMs`: since when nobody else works, on the monotonic
   * clock: what was asked for before that, nobody here knows.
   */
  constructor(clock: Clock, graceMs: number, leadingSinceMs: () => number | undefined) {
    this.#clock = clock;
    this.#graceMs = graceMs;
    this.#leadingSinceMs = leadingSinceMs;
  }

  /** How many objects it has something on. */
  get size(): number {
    return this.#untilMs.size;
  }

  /** AWS said that `what` was made for `key`, or that it is there. */
  made(key: string, what: Creation): void {
    this.#set(key, what, this.#clock.monotonicMs() + this.#graceMs);
  }

  /** AWS was asked to make `what` for `key`, and may have. */
  asked(key: string, what: Creation): void {
    const untilMs = this.#clock.monotonicMs() + this.#unsureMs();
    this.#set(key, what, Math.max(untilMs, this.#untilMs.get(key)?.get(what) ?? untilMs));
  }

  /** AWS said that it deleted `what` of `key`: reads that do not show it are right. */
  removed(key: string, what: Creation): void {
    this.#set(key, what, Number.NEGATIVE_INFINITY);
  }

  /** Service accounts of whose association for `key` reads are not to be believed. */
  accountsOf(key: string): readonly string[] {
    const nowMs = this.#clock.monotonicMs();
    return [...(this.#untilMs.get(key) ?? [])].flatMap(([what, untilMs]) =>
      isAssociation(what) && untilMs > nowMs ? [what.slice(ASSOCIATION_OF.length)] : [],
    );
  }

  /** @throws WaitingError where reads that do not show `what`, which is named `name`, are not to be believed yet. */
  requireAbsent(key: string, what: Creation, name: string): void {
    const nowMs = this.#clock.monotonicMs();
    const untilMs = this.#untilMs.get(key)?.get(what) ?? (this.#leadingSinceMs() ?? nowMs) + this.#unsureMs();
    const remainingMs = untilMs - nowMs;
    if (remainingMs <= 0) return;
    throw new WaitingError(
      'RoleNotVisible',
      `${wordsOf(what, name)} may have been made moments ago and AWS may not show it yet; it is looked for again, then ` +
        'taken for gone',
      Math.min(RECHECK_MS, remainingMs),
    );
  }

  #set(key: string, what: Creation, untilMs: number): void {
    const entries = this.#untilMs.get(key) ?? new Map<Creation, number>();
    this.#untilMs.delete(key);
    this.#untilMs.set(key, entries.set(what, untilMs));
    this.#dropPast();
  }

  /** Where there is no entry, the beginning of the lead counts: while that lasts, an entry that is past says more. */
  #dropPast(): void {
    const nowMs = this.#clock.monotonicMs();
    const leadingSinceMs = this.#leadingSinceMs();
    if (leadingSinceMs === undefined || leadingSinceMs + this.#unsureMs() > nowMs) return;
    for (const [key, entries] of this.#untilMs) {
      if ([...entries.values()].some((untilMs) => untilMs > nowMs)) return;
      this.#untilMs.delete(key);
    }
  }

  #unsureMs(): number {
    return Math.min(UNSURE_MS, this.#graceMs);
  }
}

const ASSOCIATION_OF = 'association of ';

export function associationOf(serviceAccount: string): AssociationOf {
  return `${ASSOCIATION_OF}${serviceAccount}`;
}

function isAssociation(what: Creation): what is AssociationOf {
  return what.startsWith(ASSOCIATION_OF);
}

function wordsOf(what: Creation, name: string): string {
  if (what === 'Role') return `role ${name}`;
  return what === 'InstanceProfile' ? `instance profile ${name}` : `the Pod Identity ${what}`;
}
