import type { Clock } from '../base/clock.ts';
import { type BackoffRange, backoffMs } from './backoff.ts';
import { FairLine } from './fair-line.ts';
import type { QueueState, RuntimeMetrics } from './metrics.ts';
import type { Priority } from './priority.ts';

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
 * Keys that need a pass: those of normal priority first, among equals one of each namespace by turns, and within a
 * namespace first come, first served.
 *
 * Guarantees: one key is never with two takers at once; adds of a key that waits collapse into one; an add of a key that
 * is being worked on brings it back after `done`, so no add is lost; a namespace with many keys in line does not make
 * another wait for all of them; after `shutDown` nothing is handed out any more.
 * Keys in back-off or waiting for a time are held in memory only: after a restart the first list brings them back.
 */
export class WorkQueue implements QueueState {
  readonly #clock: Clock;
  readonly #metrics: RuntimeMetrics;
  readonly #random: () => number;
  readonly #backoff: BackoffRange;
  readonly #waiting = { Normal: new FairLine(), Low: new FairLine() };
  /** Keys that need a pass, with the time of the add that no pass has answered yet. */
  readonly #dirty = new Map<string, { readonly sinceMs: number; readonly priority: Priority }>();
  /** Keys with a taker, with the time they were taken. */
  readonly #processing = new Map<string, { readonly takenMs: number; priority: Priority }>();
  readonly #timers = new Map<string, { dueMs: number; priority: Priority; cancel: () => void }>();
  readonly #failures = new Map<string, number>();
  readonly #takers: Taker[] = [];
  readonly #drained = Promise.withResolvers<void>();
  #isShutDown = false;

  constructor({ clock, metrics, random, backoff = DEFAULT_BACKOFF }: WorkQueueOptions) {
    this.#clock = clock;
    this.#metrics = metrics;
    this.#random = random;
    this.#backoff = backoff;
    metrics.watchQueue(this);
  }

  /** Keys that wait for a taker; those in back-off or being worked on do not count. */
  get depth(): number {
    return this.#waiting.Normal.size + this.#waiting.Low.size;
  }

  /** Keys that need a pass, by priority: those that wait for a taker, and those being worked on that were added again. */
  depths(): Readonly<Record<Priority, number>> {
    const depths = { Normal: this.#waiting.Normal.size, Low: this.#waiting.Low.size };
    for (const key of this.#processing.keys()) {
      const again = this.#dirty.get(key);
      if (again !== undefined) depths[again.priority] += 1;
    }
    return depths;
  }

  /** That with which a key that is being worked on was taken, or has been added since where that is higher. */
  priorityOf(key: string): Priority {
    return this.#processing.get(key)?.priority ?? 'Normal';
  }

  /** How often in a row `addRateLimited` was called for `key` without a `forget`. */
  failures(key: string): number {
    return this.#failures.get(key) ?? 0;
  }

  /** Milliseconds since each key that is being worked on was taken, in no promised order. */
  runningMs(): readonly number[] {
    const nowMs = this.#clock.monotonicMs();
    return [...this.#processing.values()].map(({ takenMs }) => nowMs - takenMs);
  }

  /**
   * A key that waits with low priority and is added with normal priority waits with that from now on; the pass of one that
   * is being worked on gets it too, since the one asked for has to wait for its end.
   */
  add(key: string, priority: Priority = 'Normal'): void {
    const known = this.#dirty.get(key);
    if (this.#isShutDown || known?.priority === 'Normal' || known?.priority === priority) return;
    if (known === undefined) this.#metrics.queueAdd();
    this.#dirty.set(key, { sinceMs: known?.sinceMs ?? this.#clock.monotonicMs(), priority });
    const taken = this.#processing.get(key);
    if (taken === undefined) this.#enqueue(key, priority);
    else if (priority === 'Normal') taken.priority = priority;
  }

  /**
   * Adds `key` after `delayMs`, with the priority of its pass while it has one. A key has one timer: of two, the earlier
   * time and the higher priority count.
   */
  addAfter(key: string, delayMs: number): void {
    if (this.#isShutDown) return;
    const priority = this.priorityOf(key);
    if (delayMs <= 0) {
      this.add(key, priority);
      return;
    }
    this.#metrics.queueRetry();
    const dueMs = this.#clock.monotonicMs() + delayMs;
    const timer = this.#timers.get(key);
    if (timer !== undefined && priority === 'Normal') timer.priority = priority;
    if (timer !== undefined && timer.dueMs <= dueMs) return;
    timer?.cancel();
    const cancel = this.#clock.after(delayMs, () => {
      const due = this.#timers.get(key)?.priority;
      this.#timers.delete(key);
      this.add(key, due);
    });
    this.#timers.set(key, { dueMs, priority: timer?.priority ?? priority, cancel });
  }

  /** Adds `key` after a back-off that grows with each call until {@link forget}. */
  addRateLimited(key: string): void {
    if (this.#isShutDown) return;
    const failures = this.failures(key) + 1;
    this.#failures.set(key, failures);
    this.addAfter(key, backoffMs(failures, this.#backoff, this.#random));
  }

  /** Ends the back-off of `key`: its next failure counts as the first. */
  forget(key: string): void {
    this.#failures.delete(key);
  }

  /**
   * The key that is next, once there is one; `undefined` once the queue is shut down. Call {@link done} with it
   * when its pass has ended, however it ended. Rejects with the signal's reason when that aborts first.
   */
  get(signal: AbortSignal): Promise<string | undefined> {
    if (signal.aborted) return Promise.reject(signal.reason);
    if (this.#isShutDown) return Promise.resolve(undefined);
    const key = this.#waiting.Normal.shift() ?? this.#waiting.Low.shift();
    if (key !== undefined) {
      this.#take(key);
      return Promise.resolve(key);
    }
    return this.#waitForKey(signal);
  }

  done(key: string): void {
    const taken = this.#processing.get(key);
    if (taken === undefined) return;
    this.#processing.delete(key);
    this.#metrics.workDuration((this.#clock.monotonicMs() - taken.takenMs) / 1000);
    const again = this.#dirty.get(key);
    if (this.#isShutDown) {
      if (this.#processing.size === 0) this.#drained.resolve();
    } else if (again !== undefined) this.#enqueue(key, again.priority);
  }

  /** Hands out nothing more and takes nothing more. Resolves when the last key that was handed out is done. */
  shutDown(): Promise<void> {
    if (!this.#isShutDown) {
      this.#isShutDown = true;
      for (const { cancel } of this.#timers.values()) cancel();
      this.#timers.clear();
      this.#dirty.clear();
      this.#waiting.Normal.clear();
      this.#waiting.Low.clear();
      for (const taker of this.#takers.splice(0)) taker.give(undefined);
      if (this.#processing.size === 0) this.#drained.resolve();
    }
    return this.#drained.promise;
  }

  #enqueue(key: string, priority: Priority): void {
    const taker = this.#takers.shift();
    if (taker !== undefined) {
      this.#take(key);
      taker.give(key);
      return;
    }
    this.#waiting.Low.delete(key);
    this.#waiting[priority].add(key);
  }

  /** From here on a further add is a new one. */
  #take(key: string): void {
    const nowMs = this.#clock.monotonicMs();
    const { sinceMs, priority } = this.#dirty.get(key) ?? { sinceMs: nowMs, priority: 'Normal' };
    this.#metrics.queueLatency((nowMs - sinceMs) / 1000);
    this.#dirty.delete(key);
    this.#processing.set(key, { takenMs: nowMs, priority });
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
