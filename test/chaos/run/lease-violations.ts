/** A write of the lease that the API server took. */
export interface LeaseWrite {
  readonly replica: string;
  readonly atMs: number;
  /** It gave the lease up. */
  readonly isRelease: boolean;
}

/** Any other write that a replica sent, to Kubernetes or AWS. */
export interface SentWrite {
  readonly replica: string;
  readonly what: string;
  readonly atMs: number;
}

/** Clocks are one and the same here; this is for the way from a replica to where its request is timed. */
const SLACK_MS = 150;

/**
 * The writes of replicas that did not lead when they sent them: a leader is who wrote the lease last, for as long as
 * `renewDeadlineMs` after it did. In words, in the order of `writes`.
 */
export function leaseViolations(
  leaseWrites: readonly LeaseWrite[],
  writes: readonly SentWrite[],
  renewDeadlineMs: number,
): readonly string[] {
  const inOrder = [...leaseWrites].sort((a, b) => a.atMs - b.atMs);
  return writes.flatMap(({ replica, what, atMs }) => {
    const held = inOrder.findLast(
      (write) => write.replica === replica && write.atMs <= atMs + (write.isRelease ? 0 : SLACK_MS),
    );
    if (held === undefined) return [`${replica} sent ${what} and never held the lease before`];
    const rival = inOrder.find((write) => write.replica !== replica && held.atMs < write.atMs && write.atMs < atMs);
    if (rival !== undefined)
      return [`${replica} sent ${what} ${atMs - rival.atMs} ms after ${rival.replica} took over`];
    if (held.isRelease) return [`${replica} sent ${what} ${atMs - held.atMs} ms after it gave the lease up`];
    const ageMs = atMs - held.atMs;
    return ageMs <= renewDeadlineMs + SLACK_MS ? [] : [`${replica} sent ${what} ${ageMs} ms after its last renewal`];
  });
}
