import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import { createQueueMetrics } from './queue-metrics.ts';

/** How one pass ended. Nothing here ends in `requeue`; the label is there for those who add the results up. */
const OUTCOMES = ['success', 'error', 'requeue', 'requeue_after'] as const;
type Outcome = (typeof OUTCOMES)[number];

/**
 * Functions that feed controller-runtime's metrics of the controller `controller` and its queue of the same name, in
 * `registry`. Every series stands from the start, counters at 0, so that a rate over them is right from the first event.
 * Source of names, labels and buckets: sigs.k8s.io/controller-runtime, pkg/internal/controller/metrics.
 */
export function createRuntimeMetrics(registry: Registry, controller: string) {
  const own = { registers: [registry], labelNames: ['controller'] };
  const counter = (name: string, help: string) => {
    const metric = new Counter({ name: `controller_runtime_${name}`, help, ...own });
    metric.inc({ controller }, 0);
    return metric;
  };
  const gauge = (name: string, help: string) => {
    const metric = new Gauge({ name: `controller_runtime_${name}`, help, ...own });
    metric.set({ controller }, 0);
    return metric;
  };
  const reconciles = new Counter({
    name: 'controller_runtime_reconcile_total',
    help: 'Passes by controller and result.',
    labelNames: ['controller', 'result'],
    registers: [registry],
  });
  for (const result of OUTCOMES) reconciles.inc({ controller, result }, 0);
  const errors = counter('reconcile_errors_total', 'Passes that ended in an error.');
  const terminal = counter('terminal_reconcile_errors_total', 'Passes that ended in an error that no retry mends.');
  const panics = counter('reconcile_panics_total', 'Passes that met a bug of the program.');
  const timeouts = counter('reconcile_timeouts_total', 'Passes that went over their time limit.');
  const seconds = new Histogram({
    name: 'controller_runtime_reconcile_time_seconds',
    help: 'Time of one pass.',
    buckets: RECONCILE_BUCKETS,
    ...own,
  });
  seconds.zero({ controller });
  const maxWorkers = gauge('max_concurrent_reconciles', 'Workers that may run at once.');
  const activeWorkers = gauge('active_workers', 'Workers that run a pass now.');

  return {
    reconcileDone(outcome: Outcome, durationSeconds: number): void {
      reconciles.inc({ controller, result: outcome });
      if (outcome === 'error') errors.inc({ controller });
      seconds.observe({ controller }, durationSeconds);
    },
    terminalError: (): void => terminal.inc({ controller }),
    reconcilePanic: (): void => panics.inc({ controller }),
    reconcileTimeout: (): void => timeouts.inc({ controller }),
    maxWorkers: (count: number): void => maxWorkers.set({ controller }, count),
    activeWorkers: (count: number): void => activeWorkers.set({ controller }, count),
    ...createQueueMetrics(registry, controller),
  };
}

/** Seconds. */
const RECONCILE_BUCKETS = [
  0.005, 0.01, 0.025, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.6, 0.7, 0.8, 0.9, 1, 1.25, 1.5, 1.75, 2,
  2.5, 3, 3.5, 4, 4.5, 5, 6, 7, 8, 9, 10, 15, 20, 25, 30, 40, 50, 60,
];
