import { Counter, exponentialBuckets, Gauge, Histogram, type Registry } from 'prom-client';

/** The runtime's two priorities, by the numbers that controller-runtime gives them. Source: its pkg/handler. */
const PRIORITY_LABELS = { Normal: '0', Low: '-100' } as const;
type Priority = keyof typeof PRIORITY_LABELS;

/** What a work queue tells of itself at a scrape; as the runtime has it. */
interface QueueState {
  depths(): Readonly<Record<Priority, number>>;
  runningMs(): readonly number[];
}

const EMPTY: QueueState = { depths: () => ({ Normal: 0, Low: 0 }), runningMs: () => [] };

/**
 * Functions that feed client-go's metrics of a work queue as controller-runtime labels them, for the queue of the
 * controller `controller`. What a queue knows at any time is asked of it at each scrape and costs nothing in between.
 * Source of names, labels and buckets: sigs.k8s.io/controller-runtime, pkg/internal/metrics/workqueue.go.
 */
export function createQueueMetrics(registry: Registry, controller: string) {
  const own = { registers: [registry], labelNames: ['name', 'controller'] };
  const labels = { name: controller, controller };
  let queue = EMPTY;

  const adds = new Counter({ name: 'workqueue_adds_total', help: 'Keys added to the work queue.', ...own });
  const retries = new Counter({
    name: 'workqueue_retries_total',
    help: 'Keys put back to be added after a time, by back-off or because a pass asked for it.',
    ...own,
  });
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
  for (const counter of [adds, retries]) counter.inc(labels, 0);
  for (const histogram of [latency, work]) histogram.zero(labels);
  new Gauge({
    name: 'workqueue_depth',
    help: 'Keys that wait for a pass, by priority: -100 for the first list and the resync, 0 for all else.',
    registers: [registry],
    labelNames: ['name', 'controller', 'priority'],
    collect() {
      const depths = queue.depths();
      for (const priority of PRIORITIES) this.set({ ...labels, priority: PRIORITY_LABELS[priority] }, depths[priority]);
    },
  });
  const running = (name: string, help: string, secondsOf: (runningMs: readonly number[]) => number) =>
    new Gauge({
      name,
      help,
      ...own,
      collect() {
        this.set(labels, secondsOf(queue.runningMs()) / 1000);
      },
    });
  running('workqueue_unfinished_work_seconds', 'Time that the passes running now have taken so far, added up.', (all) =>
    all.reduce((sum, each) => sum + each, 0),
  );
  running('workqueue_longest_running_processor_seconds', 'Time that the longest pass running now has taken.', (all) =>
    Math.max(0, ...all),
  );

  return {
    watchQueue(watched: QueueState): void {
      queue = watched;
    },
    queueAdd: (): void => adds.inc(labels),
    queueRetry: (): void => retries.inc(labels),
    queueLatency: (durationSeconds: number): void => latency.observe(labels, durationSeconds),
    workDuration: (durationSeconds: number): void => work.observe(labels, durationSeconds),
  };
}

const PRIORITIES = ['Normal', 'Low'] as const;

/** Seconds, from 10 ns up by tens; multiplied as client_golang does, so that `le` is the same to the last digit. */
const QUEUE_BUCKETS = exponentialBuckets(1e-8, 10, 12);
