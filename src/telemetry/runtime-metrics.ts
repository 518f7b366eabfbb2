import { Counter, Gauge, Histogram, type Registry } from 'prom-client';

/** How one pass ended. */
const OUTCOMES = ['success', 'error', 'requeue', 'requeue_after'] as const;
type Outcome = (typeof OUTCOMES)[number];

/**
 * Functions that feed controller-runtime's metrics of the controller `controller` and its queue of the same name, in
 * `registry`. Counters stand at 0 from the start, so that a rate over them is right from the first event.
 * Source of names and buckets: sigs.k8s.io/controller-runtime, pkg/internal/controller/metrics and pkg/internal/metrics.
 */
export function createRuntimeMetrics(registry: Registry, controller: string) {
  const own = { registers: [registry], labelNames: ['controller'] };
  const counter = (name: string, help: string) => {
    const metric = new Counter({ name, help, ...own });
    metric.inc({ controller }, 0);
    return metric;
  };
  const gauge = (name: string, help: string) => new Gauge({ name, help, ...own });
  const reconciles = new Counter({
    name: 'controller_runtime_reconcile_total',
    help: 'Passes by controller and result.',
    labelNames: ['controller', 'result'],
    registers: [registry],
  });
  for (const result of OUTCOMES) reconciles.inc({ controller, result }, 0);
  const errors = counter('controller_runtime_reconcile_errors_total', 'Passes that ended in an error.');
  const panics = counter('controller_runtime_reconcile_panics_total', 'Passes that ended in a bug of the program.');
  const timeouts = counter('controller_runtime_reconcile_timeouts_total', 'Passes that went over their time limit.');
  const seconds = new Histogram({
    name: 'controller_runtime_reconcile_time_seconds',
    help: 'Time of one pass.',
    buckets: RECONCILE_BUCKETS,
    ...own,
  });
  const maxWorkers = gauge('controller_runtime_max_concurrent_reconciles', 'Workers that may run at once.');
  const activeWorkers = gauge('controller_runtime_active_workers', 'Workers that run a pass now.');
  const queue = createQueueMetrics(registry, controller);

  return {
    reconcileDone(outcome: Outcome, durationSeconds: number): void {
      reconciles.inc({ controller, result: outcome });
      if (outcome === 'error') errors.inc({ controller });
      seconds.observe({ controller }, durationSeconds);
    },
    reconcilePanic: (): void => panics.inc({ controller }),
    reconcileTimeout: (): void => timeouts.inc({ controller }),
    maxWorkers: (count: number): void => maxWorkers.set({ controller }, count),
    activeWorkers: (count: number): void => activeWorkers.set({ controller }, count),
    ...queue,
  };
}

function createQueueMetrics(registry: Registry, controller: string) {
  const own = { registers: [registry], labelNames: ['name', 'controller'] };
  const labels = { name: controller, controller };
  const adds = new Counter({ name: 'workqueue_adds_total', help: 'Keys added to the work queue.', ...own });
  const retries = new Counter({ name: 'workqueue_retries_total', help: 'Keys put back with back-off.', ...own });
  const depth = new Gauge({ name: 'workqueue_depth', help: 'Keys that wait for a worker.', ...own });
  const latency = new Histogram({
    name: 'workqueue_queue_duration_seconds',
    help: 'Time that a key waited before a worker took it.',
    buckets: QUEUE_BUCKETS,
    ...own,
  });
  const work = new Histogram({
    name: 'workqueue_work_duration_seconds',
    help: 'Time that a worker needed for a key.',
    buckets: QUEUE_BUCKETS,
    ...own,
  });
  for (const metric of [adds, retries]) metric.inc(labels, 0);
  depth.set(labels, 0);

  return {
    queueAdd: (): void => adds.inc(labels),
    queueRetry: (): void => retries.inc(labels),
    queueDepth: (keys: number): void => depth.set(labels, keys),
    queueLatency: (durationSeconds: number): void => latency.observe(labels, durationSeconds),
    workDuration: (durationSeconds: number): void => work.observe(labels, durationSeconds),
  };
}

/** Seconds. */
const RECONCILE_BUCKETS = [
  0.005, 0.01, 0.025, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.6, 0.7, 0.8, 0.9, 1, 1.25, 1.5, 1.75, 2,
  2.5, 3, 3.5, 4, 4.5, 5, 6, 7, 8, 9, 10, 15, 20, 25, 30, 40, 50, 60,
];

/** Seconds, from 10 ns up by tens. */
const QUEUE_BUCKETS = [1e-8, 1e-7, 1e-6, 1e-5, 1e-4, 1e-3, 0.01, 0.1, 1, 10, 100, 1000];
