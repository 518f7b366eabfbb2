import type { RoleStatus } from '../api/status-schema.ts';
import type { Clock } from '../base/clock.ts';
import type { DesiredAccess } from '../policy/types.ts';

/** What was last written whole for one object. */
export interface RecentWrite {
  readonly desired: DesiredAccess;
  /** The ids that came of it; status may not have them yet. */
  readonly role: RoleStatus;
  /** How long reads may still show the state before it. */
  readonly remainingMs: number;
}

/**
 * Remembers own writes for as long as IAM may still answer reads with what was there before them; a difference found
 * meanwhile is our own echo and no drift. Lost with the process, which costs at worst one needless write.
 * Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot.html#troubleshoot_general_eventual-consistency
 */
export class RecentWrites {
  readonly #clock: Clock;
  readonly #graceMs: number;
  /** As text, which takes a fraction of the memory of the documents as objects; few are ever asked for again. */
  readonly #writes = new Map<string, { text: string; untilMs: number }>();

  constructor(clock: Clock, graceMs: number) {
    this.#clock = clock;
    this.#graceMs = graceMs;
  }

  remember(key: string, desired: DesiredAccess, role: RoleStatus): void {
    const text = JSON.stringify({ desired, role });
    this.#writes.set(key, { text, untilMs: this.#clock.monotonicMs() + this.#graceMs });
  }

  forget(key: string): void {
    this.#writes.delete(key);
  }

  /** The write under `key` whose grace has not ended. */
  get(key: string): RecentWrite | undefined {
    const write = this.#writes.get(key);
    if (write === undefined) return undefined;
    const remainingMs = write.untilMs - this.#clock.monotonicMs();
    if (remainingMs > 0) {
      const { desired, role } = JSON.parse(write.text) as Pick<RecentWrite, 'desired' | 'role'>; // our own text
      return { desired, role, remainingMs };
    }
    this.#writes.delete(key);
    return undefined;
  }
}
