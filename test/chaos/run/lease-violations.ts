/** A write of the lease that the API server took. */
export interface LeaseWrite {
  readonly replica: string;
  readonly atMs: number;
  /** The process that holds the lease then; empty when it gave the lease up. */
  readonly holder: string;
}

/** Any other write that a replica sent, to Kubernetes or AWS. */
export interface SentWrite {
  readonly replica: string;
  readonly what: string;
  readonly atMs: number;
}

export interface LeaseRules {
  /** How long a leader counts itself one after its last renewal. */
  readonly renewDeadlineMs: number;
  /** Clocks are one and the same here; this is for the way from a replica to where its request is timed. */
  readonly slackMs: number;
}

/**
 * The writes of replicas that did not lead when they sent them: a leader is who wrote the lease last, for as long as
 * `renewDeadlineMs` after it did. In words, in the order of `writes`.
 */
export function leaseViolations(
  leaseWrites: readonly LeaseWrite[],
  writes: readonly SentWrite[],
  { renewDeadlineMs, slackMs }: LeaseRules,
): readonly string[] {
  const inOrder = [...leaseWrites].sort((a, b) => a.atMs - b.atMs);
  return writes.flatMap(({ replica, what, atMs }) => {
    const held = inOrder.findLast(
      (write) => write.replica === replica && write.atMs <= atMs + (write.holder === '' ? 0 : slackMs),
    );
    if (held === undefined) return [`${replica} sent ${what} and never held the lease before`];
    const rival = inOrder.find((write) => write.replica !== replica && held.atMs < write.atMs && write.atMs < atMs);
    if (rival !== undefined)
      return [`${replica} sent ${what} ${atMs - rival.atMs} ms after ${rival.replica} took over`];
    if (held.holder === '') return [`${replica} sent ${what} ${atMs - held.atMs} ms after it gave the lease up`];
    const ageMs = atMs - held.atMs;
    return ageMs <= renewDeadlineMs + slackMs ? [] : [`${replica} sent ${what} ${ageMs} ms after its last renewal`];
  });
}
