import PQueue from 'p-queue';
import type { Clock } from '../base/clock.ts';
import { isThrottled } from './error-code.ts';

/** One budget for every request to one AWS account. */
export interface CallLimiter {
  /**
   * Runs `request` when its turn comes and passes on its result or error. Higher `priority` goes first, equal ones in
   * the order they came. Rejects when `signal` aborts while it waits; a request that runs is not cut off here.
   */
  run<T>(request: () => Promise<T>, options: { priority: number; signal: AbortSignal | undefined }): Promise<T>;
  /** Requests that wait for their turn. */
  waiting(): number;
}

/**
 * A limiter that lets `concurrency` requests run at once and, if asked to, starts at most `requestsPerSecond` in any
 * second. When AWS throttles one request, none starts for a while (1 s, doubled for each throttle in a row, at most
 * 20 s) and half as many run at once afterwards; each success then allows one more. `onThrottle` is told each pause.
 * AWS counts requests per account over all callers and publishes no rates, so what it says is all there is to go by.
 */
export function createCallLimiter(options: {
  readonly clock: Clock;
  readonly concurrency: number;
  readonly requestsPerSecond?: number;
  readonly onThrottle?: (pauseMs: number) => void;
}): CallLimiter {
  const { clock, concurrency, requestsPerSecond, onThrottle } = options;
  const rate = requestsPerSecond === undefined ? {} : { intervalCap: requestsPerSecond, interval: 1000, strict: true };
  const queue = new PQueue({ concurrency, ...rate });
  let throttlesInARow = 0;
  let pausedAtMs = Number.NEGATIVE_INFINITY;

  const backOff = (startedAtMs: number) => {
    // Requests that were under way together are throttled together: that is one throttle, not many.
    if (startedAtMs < pausedAtMs) return;
    const pauseMs = Math.min(FIRST_PAUSE_MS * 2 ** throttlesInARow, LONGEST_PAUSE_MS);
    throttlesInARow += 1;
    pausedAtMs = clock.monotonicMs();
    queue.pause();
    queue.concurrency = Math.max(1, Math.floor(queue.concurrency / 2));
    clock.after(pauseMs, () => queue.start());
    onThrottle?.(pauseMs);
  };

  const recover = (startedAtMs: number) => {
    if (startedAtMs < pausedAtMs || queue.isPaused) return;
    throttlesInARow = 0;
    if (queue.concurrency < concurrency) queue.concurrency += 1;
  };

  return {
    run(request, { priority, signal }) {
      const attempt = async () => {
        const startedAtMs = clock.monotonicMs();
        try {
          const result = await request();
          recover(startedAtMs);
          return result;
        } catch (error) {
          if (isThrottled(error)) backOff(startedAtMs);
          throw error;
        }
      };
      return queue.add(attempt, { priority, signal });
    },
    waiting: () => queue.size,
  };
}

const FIRST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 20_000;
