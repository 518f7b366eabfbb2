/** Who of several replicas may write. {@link LeaseElection} is one; {@link soleLeader} is for a program with no other. */
export interface Leadership {
  /** Throws unless this replica leads and may begin a write now. */
  requireFresh(): void;
  /** Resolves once this replica leads. Rejects with the signal's reason when that aborts. */
  acquire(signal: AbortSignal): Promise<void>;
  /** Stays leader for as long as that can be; resolves once it is lost. Rejects with the signal's reason on abort. */
  keep(signal: AbortSignal): Promise<void>;
  /** Gives it up, so that another need not wait. Nothing may be written after this. Never rejects. */
  release(signal: AbortSignal): Promise<void>;
}

/** The leadership of a replica that has no rivals: always held, never lost. */
export const soleLeader: Leadership = {
  requireFresh: () => undefined,
  acquire: async (signal) => signal.throwIfAborted(),
  keep: (signal) =>
    new Promise((_, reject) => {
      if (signal.aborted) reject(signal.reason);
      signal.addEventListener('abort', () => reject(signal.reason), { once: true });
    }),
  release: async () => undefined,
};
