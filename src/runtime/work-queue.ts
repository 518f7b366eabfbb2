import type { Clock } from '../base/clock.ts';
import { type BackoffRange, backoffMs } from './backoff.ts';
import type { RuntimeMetrics } from './metrics.ts';

/*
 *   add ----------> dirty + waiting --get--> processing --done--> (gone)
 *                                            |        ^   |
 *   add meanwhile -> dirty only              |        |   +-- dirty: back to waiting
 *   addAfter -> timer -> add                 +--------+
 */

export interface WorkQueueOptions {
  readonly clock: Clock;
  readonly metrics: RuntimeMetrics;
  /** 0 up to, not including, 1. */
  random(): number;
  readonly backoff?: BackoffRange;
}

const DEFAULT_BACKOFF: BackoffRange = { baseMs: 200, capMs: 300_000 };

/**
 * Keys that need a pass, first come first served.
 *
 * Guarantees: one key is never with two takers at once; adds of a key that waits collapse into one; an add of a key that
 * is being worked on brings it back after `done`, so no add is lost; after `shutDown` nothing is handed out any more.
 * Keys in back-off or waiting for a time are held in memory only: after a restart the first list brings them back.
 */
export class WorkQueue {
  readonly #clock: Clock;
  readonly #metrics: RuntimeMetrics;
  readonly #random: () => number;
  readonly #backoff: BackoffRange;
  readonly #waiting: string[] = [];
  /** Keys that need a pass, with the time of the add that no pass has answered yet. */
  readonly #dirty = new Map<string, number>();
  /** Keys with a taker, with the time they were taken. */
  readonly #processing = new Map<string, number>();
  readonly #timers = new Map<string, { dueMs: number; cancel: () => void }>();
  readonly #failures = new Map<string, number>();
  readonly #takers: Taker[] = [];
  readonly #drained = Promise.withResolvers<void>();
  #isShutDown = false;

  constructor({ clock, metrics, random, backoff = DEFAULT_BACKOFF }: WorkQueueOptions) {
    this.#clock = clock;
    this.#metrics = metrics;
    this.#random = random;
    this.#backoff = backoff;
  }

  /** Keys that wait for a taker; those in back-off or being worked on do not count. */
  get depth(): number {
    return this.#waiting.length;
  }

  /** How often in a row `addRateLimited` was called for `key` without a `forget`. */
  failures(key: string): number {
    return this.#failures.get(key) ?? 0;
  }

  /** Milliseconds since each key that is being worked on was taken, in no promised order. */
  runningMs(): readonly number[] {
    const nowMs = this.#clock.monotonicMs();
    return [...this.#processing.values()].map((takenMs) => nowMs - takenMs);
  }

  add(key: string): void {
    if (this.#isShutDown || this.#dirty.has(key)) return;
    this.#metrics.queueAdd();
    this.#dirty.set(key, this.#clock.monotonicMs());
    if (!this.#processing.has(key)) this.#enqueue(key);
  }

  /** Adds `key` after `delayMs`. A key has one timer: of two, the earlier counts. */
  addAfter(key: string, delayMs: number): void {
    if (this.#isShutDown) return;
    if (delayMs <= 0) {
      this.add(key);
      return;
    }
    const dueMs = this.#clock.monotonicMs() + delayMs;
    const timer = this.#timers.get(key);
    if (timer !== undefined && timer.dueMs <= dueMs) return;
    timer?.cancel();
    const cancel = this.#clock.after(delayMs, () => {
      this.#timers.delete(key);
      this.add(key);
    });
    this.#timers.set(key, { dueMs, cancel });
  }

  /** Adds `key` after a back-off that grows with each call until {@link forget}. */
  addRateLimited(key: string): void {
    if (this.#isShutDown) return;
    const failures = this.failures(key) + 1;
    this.#failures.set(key, failures);
    this.#metrics.queueRetry();
    this.addAfter(key, backoffMs(failures, this.#backoff, this.#random));
  }

  /** Ends the back-off of `key`: its next failure counts as the first. */
  forget(key: string): void {
    this.#failures.delete(key);
  }

  /**
   * The key that waited longest, once there is one; `undefined` once the queue is shut down. Call {@link done} with it
   * when its pass has ended, however it ended. Rejects with the signal's reason when that aborts first.
   */
  get(signal: AbortSignal): Promise<string | undefined> {
    if (signal.aborted) return Promise.reject(signal.reason);
    if (this.#isShutDown) return Promise.resolve(undefined);
    const key = this.#waiting.shift();
    if (key !== undefined) {
      this.#take(key);
      this.#metrics.queueDepth(this.#waiting.length);
      return Promise.resolve(key);
    }
    return this.#waitForKey(signal);
  }

  done(key: string): void {
    const takenMs = this.#processing.get(key);
    if (takenMs === undefined) return;
    this.#processing.delete(key);
    this.#metrics.workDuration((this.#clock.monotonicMs() - takenMs) / 1000);
    if (this.#isShutDown) {
      if (this.#processing.size === 0) this.#drained.resolve();
    } else if (this.#dirty.has(key)) this.#enqueue(key);
  }

  /** Hands out nothing more and takes nothing more. Resolves when the last key that was handed out is done. */
  shutDown(): Promise<void> {
    if (!this.#isShutDown) {
      this.#isShutDown = true;
      for (const { cancel } of this.#timers.values()) cancel();
      this.#timers.clear();
      this.#dirty.clear();
      this.#waiting.length = 0;
      this.#metrics.queueDepth(0);
      for (const taker of this.#takers.splice(0)) taker.give(undefined);
      if (this.#processing.size === 0) this.#drained.resolve();
    }
    return this.#drained.promise;
  }

  #enqueue(key: string): void {
    const taker = this.#takers.shift();
    if (taker !== undefined) {
      this.#take(key);
      taker.give(key);
      return;
    }
    this.#waiting.push(key);
    this.#metrics.queueDepth(this.#waiting.length);
  }

  /** From here on a further add is a new one. */
  #take(key: string): void {
    const nowMs = this.#clock.monotonicMs();
    this.#metrics.queueLatency((nowMs - (this.#dirty.get(key) ?? nowMs)) / 1000);
    this.#dirty.delete(key);
    this.#processing.set(key, nowMs);
  }

  #waitForKey(signal: AbortSignal): Promise<string | undefined> {
    return new Promise((resolve, reject) => {
      const onAbort = () => {
        this.#takers.splice(this.#takers.indexOf(taker), 1);
        reject(signal.reason);
      };
      const taker: Taker = {
        give(key) {
          signal.removeEventListener('abort', onAbort);
          resolve(key);
        },
      };
      this.#takers.push(taker);
      signal.addEventListener('abort', onAbort, { once: true });
    });
  }
}

interface Taker {
  give(key: string | undefined): void;
}
