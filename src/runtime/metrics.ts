/** How one pass ended, in controller-runtime's words. */
export type ReconcileOutcome = 'success' | 'error' | 'requeue_after';

/**
 * What the runtime of one controller tells about itself; the names behind it are controller-runtime's. Whoever
 * implements it knows the controller's name. Functions must not throw. Durations are in seconds.
 */
export interface RuntimeMetrics {
  /** `controller_runtime_reconcile_total`, `…_errors_total`, `…_time_seconds`. */
  reconcileDone(outcome: ReconcileOutcome, seconds: number): void;
  /** `controller_runtime_reconcile_panics_total`: a pass threw, which is a bug. */
  reconcilePanic(): void;
  /** `controller_runtime_reconcile_timeouts_total`: a pass went over its time limit. */
  reconcileTimeout(): void;
  /** `controller_runtime_max_concurrent_reconciles`. */
  maxWorkers(count: number): void;
  /** `controller_runtime_active_workers`. */
  activeWorkers(count: number): void;
  /** `workqueue_adds_total`: adds that were not already waiting. */
  queueAdd(): void;
  /** `workqueue_depth`: keys that wait for a worker. */
  queueDepth(depth: number): void;
  /** `workqueue_queue_duration_seconds`: from being added to being taken. */
  queueLatency(seconds: number): void;
  /** `workqueue_work_duration_seconds`: from being taken to done. */
  workDuration(seconds: number): void;
  /** `workqueue_retries_total`. */
  queueRetry(): void;
}

/** Counts nothing. */
export const noMetrics: RuntimeMetrics = {
  reconcileDone() {},
  reconcilePanic() {},
  reconcileTimeout() {},
  maxWorkers() {},
  activeWorkers() {},
  queueAdd() {},
  queueDepth() {},
  queueLatency() {},
  workDuration() {},
  queueRetry() {},
};
