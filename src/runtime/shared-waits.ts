import type { Clock } from '../base/clock.ts';
import type { Logger } from '../base/logger.ts';
import { type BackoffRange, backoffMs } from './backoff.ts';
import type { Priority } from './priority.ts';

/*
 *   add(key, cause) --> waits --timer--> the key that waited longest is woken
 *                         ^                  |              |         |
 *                         +-- same cause ----+              |         +-- it got on: all keys of the cause are woken
 *                         +-- a failure of its own: the next one is woken
 */

/** What the key waits for many other keys may wait for too; one of them looks again for all. */
export interface SharedWait {
  readonly kind: 'Wait';
  /** Equal for all that wait for the same thing. */
  readonly cause: string;
  readonly error: Error;
  /** When one of them is to look again; absent: after a back-off that grows up to a minute. */
  readonly retryAfterMs?: number;
  /** When this key needs a pass of its own in any case. */
  readonly ownPassAfterMs?: number;
}

export interface SharedWaitsOptions {
  /** Brings a key into the queue, with the priority of the pass that ended in the wait. */
  wake(key: string, priority: Priority): void;
  readonly clock: Clock;
  readonly log: Logger;
}

interface Room {
  /** In the order in which they came or looked in vain. */
  readonly keys: Map<string, Priority>;
  readonly sinceMs: number;
  /** How often one looked in vain since the last time that all were woken. */
  looks: number;
  loggedMs: number;
  /** Ends the timer; `undefined` while none runs because one of the keys is looking. */
  cancelTimer: (() => void) | undefined;
}

const BACKOFF: BackoffRange = { baseMs: 2_000, capMs: 60_000 };
/** One key looks for all, so there is no crowd to spread. */
const NO_JITTER = () => 1;
const LOG_INTERVAL_MS = 60_000;

/**
 * Keys that wait together for what ails them all, so that it is looked at by one of them and not by each.
 *
 * Guarantees: while keys wait for a cause, one of them is woken after a time and the next after a longer one; as soon as
 * a key that waited got on, all others of its cause are woken, and not before: one that fails for a reason of its own
 * leaves the look to the next; a wait is logged when it begins, about once a minute while
 * it lasts, and when it is over, however many keys are in it. A key waits for one cause at a time.
 */
export class SharedWaits {
  readonly #options: SharedWaitsOptions;
  readonly #rooms = new Map<string, Room>();
  readonly #causes = new Map<string, string>();
  #isStopped = false;

  constructor(options: SharedWaitsOptions) {
    this.#options = options;
  }

  /** The pass of `key` ended in a wait. */
  add(key: string, priority: Priority, { cause, error, retryAfterMs }: SharedWait): void {
    if (this.#isStopped) return;
    const before = this.#causes.get(key);
    if (before !== undefined && before !== cause) this.gotOn(key);
    const room = this.#roomOf(cause);
    room.keys.delete(key);
    room.keys.set(key, priority);
    this.#causes.set(key, cause);
    if (room.cancelTimer === undefined) this.#schedule(room, retryAfterMs);
    this.#log(cause, room, error);
  }

  /** The pass of `key` ended in a failure of its own, which says nothing of what the others wait for. */
  leave(key: string): void {
    const cause = this.#causes.get(key);
    if (cause === undefined) return;
    const room = this.#roomOf(cause);
    this.#causes.delete(key);
    room.keys.delete(key);
    if (room.keys.size === 0) {
      room.cancelTimer?.();
      this.#rooms.delete(cause);
    } else if (room.cancelTimer === undefined) this.#wakeOldest(room); // it was the one that looked
  }

  /** The pass of `key` ended well: if it waited, what it waited for is over, for the others too. */
  gotOn(key: string): void {
    const cause = this.#causes.get(key);
    if (cause === undefined) return;
    const { clock, log, wake } = this.#options;
    const room = this.#roomOf(cause);
    this.#rooms.delete(cause);
    room.cancelTimer?.();
    for (const waiting of room.keys.keys()) this.#causes.delete(waiting);
    log.info('wait is over', { cause, keys: room.keys.size, seconds: (clock.monotonicMs() - room.sinceMs) / 1000 });
    for (const [waiting, priority] of room.keys) if (waiting !== key) wake(waiting, priority);
  }

  /** Drops all timers; nothing is woken any more. */
  stop(): void {
    this.#isStopped = true;
    for (const { cancelTimer } of this.#rooms.values()) cancelTimer?.();
    this.#rooms.clear();
    this.#causes.clear();
  }

  #roomOf(cause: string): Room {
    const found = this.#rooms.get(cause);
    if (found !== undefined) return found;
    const room: Room = {
      keys: new Map(),
      sinceMs: this.#options.clock.monotonicMs(),
      looks: 0,
      loggedMs: Number.NEGATIVE_INFINITY,
      cancelTimer: undefined,
    };
    this.#rooms.set(cause, room);
    return room;
  }

  #schedule(room: Room, retryAfterMs: number | undefined): void {
    const { clock } = this.#options;
    room.looks += 1;
    room.cancelTimer = clock.after(retryAfterMs ?? backoffMs(room.looks, BACKOFF, NO_JITTER), () => {
      room.cancelTimer = undefined;
      this.#wakeOldest(room);
    });
  }

  #wakeOldest({ keys }: Room): void {
    const [oldest] = keys;
    if (oldest !== undefined) this.#options.wake(...oldest);
  }

  #log(cause: string, room: Room, error: Error): void {
    const { clock, log } = this.#options;
    const nowMs = clock.monotonicMs();
    if (nowMs - room.loggedMs < LOG_INTERVAL_MS) return;
    room.loggedMs = nowMs;
    const reason = 'reason' in error ? { reason: error.reason } : {};
    log.warn('objects wait together', { cause, keys: room.keys.size, ...reason, message: error.message });
  }
}
