import PQueue from 'p-queue';
import type { Clock } from '../base/clock.ts';
import { isThrottled } from './error-code.ts';
import { type LivePriority, LivePriorityQueue } from './live-priority-queue.ts';

/** One budget for every request to one AWS account. */
export interface CallLimiter {
  /**
   * Runs `request` when its turn comes and passes on its result or error. Higher `priority` goes first, and it is asked
   * for whenever one is chosen; equal ones go in the order they came. Rejects when `signal` aborts while it waits; a request that runs is not cut off here.
   */
  run<T>(request: () => Promise<T>, options: { priority: () => number; signal: AbortSignal | undefined }): Promise<T>;
  /** Requests that wait for their turn. */
  waiting(): number;
}

/**
 * A limiter that lets `concurrency` requests run at once and, if asked to, starts at most `requestsPerSecond`, evenly
 * spaced: a token bucket at the other side that is filled at the same rate is then never empty, however small it is,
 * whereas a second's worth at once empties it. Starts that a late timer or a quiet moment left out may be made up for,
 * {@link BURST_MS} worth of them.
 *
 * When AWS throttles one request, none starts for a while (1 s, doubled for each throttle in a row, at most 20 s), and
 * afterwards half as many run at once and start in a second; each success then allows some more. `onThrottle` is told
 * each pause. AWS counts requests per account over all callers and publishes no rates, so what it says is all there is
 * to go by.
 */
export function createCallLimiter(options: {
  readonly clock: Clock;
  readonly concurrency: number;
  /** Absent: no limit of its own. */
  readonly requestsPerSecond?: number | undefined;
  readonly onThrottle?: (pauseMs: number) => void;
}): CallLimiter {
  const { clock, concurrency, requestsPerSecond = Number.POSITIVE_INFINITY, onThrottle } = options;
  const queue = new PQueue<LivePriorityQueue, LivePriority>({ concurrency, queueClass: LivePriorityQueue });
  let perSecond = requestsPerSecond;
  let nextStartMs = Number.NEGATIVE_INFINITY;
  let heldUntilMs = Number.NEGATIVE_INFINITY;
  let throttlesInARow = 0;
  let pausedAtMs = Number.NEGATIVE_INFINITY;

  const holdUntil = (untilMs: number) => {
    const waitMs = untilMs - clock.monotonicMs();
    if (waitMs <= 0 || untilMs <= heldUntilMs) return;
    heldUntilMs = untilMs;
    queue.pause();
    clock.after(waitMs, () => {
      if (heldUntilMs === untilMs) queue.start(); // else a longer hold came meanwhile
    });
  };

  const backOff = (startedAtMs: number) => {
    // Requests that were under way together are throttled together: that is one throttle, not many.
    if (startedAtMs <= pausedAtMs) return;
    const pauseMs = Math.min(FIRST_PAUSE_MS * 2 ** throttlesInARow, LONGEST_PAUSE_MS);
    throttlesInARow += 1;
    pausedAtMs = clock.monotonicMs();
    nextStartMs = pausedAtMs + pauseMs; // nothing is made up for after it
    holdUntil(nextStartMs);
    queue.concurrency = Math.max(1, Math.floor(queue.concurrency / 2));
    perSecond = Math.max(LEAST_PER_SECOND, perSecond / 2);
    onThrottle?.(pauseMs);
  };

  const recover = (startedAtMs: number) => {
    if (startedAtMs <= pausedAtMs) return;
    throttlesInARow = 0;
    if (queue.concurrency < concurrency) queue.concurrency += 1;
    perSecond = Math.min(requestsPerSecond, perSecond + requestsPerSecond * RECOVERED_SHARE);
  };

  return {
    run(request, { priority, signal }) {
      const attempt = async () => {
        const startedAtMs = clock.monotonicMs();
        nextStartMs = Math.max(nextStartMs, startedAtMs - BURST_MS) + 1000 / perSecond;
        holdUntil(nextStartMs);
        try {
          const result = await request();
          recover(startedAtMs);
          return result;
        } catch (error) {
          if (isThrottled(error)) backOff(startedAtMs);
          throw error;
        }
      };
      return queue.add(attempt, { currentPriority: priority, signal });
    },
    waiting: () => queue.size,
  };
}

/** Starts of so long a time may come at once. */
const BURST_MS = 100;
const FIRST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 20_000;
const LEAST_PER_SECOND = 0.5;
/** Part of the whole rate that each success gives back after a throttle. */
const RECOVERED_SHARE = 0.02;
