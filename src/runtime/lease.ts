/** A lock that replicas share, as its last writer left it. */
export interface LeaseRecord {
  /** Identity of the replica that holds it; empty once it was given up. */
  readonly holder: string;
  /** For how long after it last saw a change others must leave the lock alone. */
  readonly durationSeconds: number;
  /** Milliseconds since the epoch by the holder's clock; for people, never compared. */
  readonly acquiredAtMs: number;
  readonly renewedAtMs: number;
  /** How often the holder changed. */
  readonly transitions: number;
}

/** A record with what a write must present, so that it fails when somebody else was faster. */
export interface StoredLease {
  readonly record: LeaseRecord;
  readonly version: string;
}

/** Where the lock is kept. Every method rejects with whatever kept it from an answer; nothing is retried. */
export interface LeaseStore {
  /** `undefined` when there is no lock yet. */
  read(signal: AbortSignal): Promise<StoredLease | undefined>;
  /** `Conflict` when one was made meanwhile. */
  create(record: LeaseRecord, signal: AbortSignal): Promise<StoredLease | 'Conflict'>;
  /** `Conflict` when the lock is not at `version` any more, or is gone. */
  replace(version: string, record: LeaseRecord, signal: AbortSignal): Promise<StoredLease | 'Conflict'>;
}
