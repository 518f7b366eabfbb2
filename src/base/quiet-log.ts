import type { Clock } from './clock.ts';

/**
 * Decides which lines of a fault that repeats are worth a line in the log: the first, each that says something else than
 * the one before, and one a minute (or as often as told) of those that do not.
 */
export class QuietLog {
  readonly #clock: Clock;
  readonly #intervalMs: number;
  #last: { readonly text: string; readonly atMs: number } | undefined;

  constructor(clock: Clock, intervalMs = INTERVAL_MS) {
    this.#clock = clock;
    this.#intervalMs = intervalMs;
  }

  /** Whether `text` is to be logged now. */
  isDue(text: string): boolean {
    const nowMs = this.#clock.monotonicMs();
    if (this.#last?.text === text && nowMs - this.#last.atMs < this.#intervalMs) return false;
    this.#last = { text, atMs: nowMs };
    return true;
  }

  /** The fault is over. Returns whether anything was logged of it. */
  end(): boolean {
    const hadLogged = this.#last !== undefined;
    this.#last = undefined;
    return hadLogged;
  }
}

const INTERVAL_MS = 60_000;
