import type { Priority } from './priority.ts';

/** How one pass ended, in controller-runtime's words. */
export type ReconcileOutcome = 'success' | 'error' | 'requeue_after';

/** What a work queue tells of itself whenever it is asked, as at a scrape. */
export interface QueueState {
  /** Keys that were added and not taken since, those being worked on among them; those in back-off do not count. */
  depths(): Readonly<Record<Priority, number>>;
  /** Milliseconds since each key that is being worked on was taken, in no promised order. */
  runningMs(): readonly number[];
}

/**
 * What the runtime of one controller tells about itself; the names behind it are controller-runtime's. Whoever
 * implements it knows the controller's name. Functions must not throw. Durations are in seconds.
 */
export interface RuntimeMetrics {
  /** `controller_runtime_reconcile_total`, `…_errors_total`, `…_time_seconds`. */
  reconcileDone(outcome: ReconcileOutcome, seconds: number): void;
  /** `controller_runtime_terminal_reconcile_errors_total`: a pass ended in an error that no retry mends. */
  terminalError(): void;
  /** `controller_runtime_reconcile_panics_total`: a pass met a bug. */
  reconcilePanic(): void;
  /** `controller_runtime_reconcile_timeouts_total`: a pass went over its time limit. */
  reconcileTimeout(): void;
  /** `controller_runtime_max_concurrent_reconciles`. */
  maxWorkers(count: number): void;
  /** `controller_runtime_active_workers`. */
  activeWorkers(count: number): void;
  /**
   * `workqueue_depth`, `workqueue_unfinished_work_seconds`, `workqueue_longest_running_processor_seconds`: from now on
   * they are those of `queue`.
   */
  watchQueue(queue: QueueState): void;
  /** `workqueue_adds_total`: adds that were not already waiting. */
  queueAdd(): void;
  /** `workqueue_queue_duration_seconds`: from being added to being taken. */
  queueLatency(seconds: number): void;
  /** `workqueue_work_duration_seconds`: from being taken to done. */
  workDuration(seconds: number): void;
  /** `workqueue_retries_total`: adds that wait for a time first, after a failure or not. */
  queueRetry(): void;
}

/** Counts nothing. */
export const noMetrics: RuntimeMetrics = {
  reconcileDone() {},
  terminalError() {},
  reconcilePanic() {},
  reconcileTimeout() {},
  maxWorkers() {},
  activeWorkers() {},
  watchQueue() {},
  queueAdd() {},
  queueLatency() {},
  workDuration() {},
  queueRetry() {},
};
