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
  /** That stand at its end. */
  readonly objects: number;
  /** That reached the servers in this round. */
  readonly kubeRequests: number;
  readonly awsRequests: number;
  /** Of the controller's process, since the soak began. */
  readonly starts: number;
  readonly usage: Usage;
  /** In words; a missed event is one of them. */
  readonly violations: readonly string[];
}

/** Of the controller's process. */
export interface Usage {
  readonly heapMiB: number;
  readonly residentMiB: number;
}
