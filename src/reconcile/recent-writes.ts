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
 * meanwhile is our own echo and no drift, and a role that is not shown is there all the same. Lost with the process: that costs
 * one needless write, or leaves behind the role of an object that is deleted right after it was made.
 * Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot.html#troubleshoot_general_eventual-consistency
 */
export class RecentWrites {
  readonly #clock: Clock;
  readonly #graceMs: number;
  /** As text, which takes a fraction of the memory of the documents as objects; few are ever asked for again. */
  readonly #writes = new Map<string, { text: string; untilMs: number }>();

  /** By key, until when reads may not show the role that was made. */
  readonly #newRoles = new Map<string, number>();

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

  /** AWS made a role under `key`. */
  rememberNewRole(key: string): void {
    this.#newRoles.set(key, this.#clock.monotonicMs() + this.#graceMs);
  }

  /** No role is to be waited for any more: it was asked to go. */
  forgetNewRole(key: string): void {
    this.#newRoles.delete(key);
  }

  /** Whether there is a role under `key` that reads may not show yet. */
  mayHideRole(key: string): boolean {
    const untilMs = this.#newRoles.get(key) ?? Number.NEGATIVE_INFINITY;
    if (this.#clock.monotonicMs() < untilMs) return true;
    this.#newRoles.delete(key);
    return false;
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
