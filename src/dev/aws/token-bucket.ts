import type { Clock } from '../../base/clock.ts';

export interface RateLimit {
  /** Tokens that come back in a second, evenly. */
  readonly requestsPerSecond: number;
  /** Tokens that the bucket holds, and has at the start; a second's worth when absent. */
  readonly burst?: number;
}

/**
 * What says whether a request may still be worked on: each takes one token, and one that finds none takes nothing.
 * IAM limits the requests of an account by such buckets and publishes no sizes.
 * Source: https://docs.aws.amazon.com/IAM/latest/APIReference/CommonErrors.html (Throttling)
 */
export class TokenBucket {
  readonly #clock: Clock;
  readonly #perMs: number;
  readonly #burst: number;
  #tokens: number;
  #countedAtMs: number;

  constructor(clock: Clock, { requestsPerSecond, burst = requestsPerSecond }: RateLimit) {
    this.#clock = clock;
    this.#perMs = requestsPerSecond / 1000;
    this.#burst = burst;
    this.#tokens = burst;
    this.#countedAtMs = clock.monotonicMs();
  }

  take(): boolean {
    const nowMs = this.#clock.monotonicMs();
    this.#tokens = Math.min(this.#burst, this.#tokens + (nowMs - this.#countedAtMs) * this.#perMs);
    this.#countedAtMs = nowMs;
    if (this.#tokens < 1) return false;
    this.#tokens -= 1;
    return true;
  }
}
