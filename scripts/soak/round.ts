/** What came of one round of a soak. */
export interface Round {
  /** 1 is the first. */
  readonly number: number;
  readonly seed: number;
  readonly profile: string;
  /** Since the soak began. */
  readonly hours: number;
  readonly actions: number;
  readonly faults: number;
  /** How often another process got the lease. */
  readonly takeovers: number;
  /** That stand at its end. */
  readonly objects: number;
  /** That reached the servers in this round. */
  readonly kubeRequests: number;
  readonly awsRequests: number;
  /** In the order of their names. */
  readonly replicas: readonly ReplicaAtEnd[];
  /** In words; a missed event is one of them. */
  readonly violations: readonly string[];
}

/** A replica at the end of a round, by the process that runs then. */
export interface ReplicaAtEnd {
  readonly name: string;
  readonly leads: boolean;
  /** Of processes, since the soak began. */
  readonly starts: number;
  /** Rounds at whose end this process was there, and led or did not as it does now. */
  readonly age: number;
  /** What it refers to after it has collected its garbage. */
  readonly liveMiB: number;
  readonly residentMiB: number;
}

/** Of the violations of a round. */
export function countMissed({ violations }: Pick<Round, 'violations'>): number {
  return violations.filter((violation) => violation.startsWith('missed event')).length;
}
