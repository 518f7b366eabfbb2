export interface BackoffRange {
  /** The longest wait after the first failure. */
  readonly baseMs: number;
  /** The longest wait of all. */
  readonly capMs: number;
}

/**
 * Milliseconds to wait after `failures` failures in a row (1 is the first): a random share of `baseMs` doubled with each
 * further failure, never above `capMs`. The whole range is random ("full jitter"), so that many keys which failed
 * together do not come back together. `random` returns 0 up to, not including, 1.
 */
export function backoffMs(failures: number, { baseMs, capMs }: BackoffRange, random: () => number): number {
  // Past 2^30 the cap has long been reached; the exponent is bounded so that the product stays finite.
  const ceiling = Math.min(capMs, baseMs * 2 ** Math.min(failures - 1, 30));
  return Math.round(random() * ceiling);
}
