import type { Metric } from 'prom-client';
import { expect, test } from 'vitest';
import { createMetrics } from '../../../src/telemetry/metrics.ts';

/** What prom-client keeps of a metric and does not declare. */
type Described = Metric & {
  name: string;
  labelNames: readonly string[];
  type?: string;
  upperBounds?: readonly number[];
};

const metrics = createMetrics({ controller: 'appaccess' }).registry.getMetricsAsArray() as unknown as Described[];
const table = metrics.map(({ name, labelNames }) => `${name}{${labelNames.join(',')}}`).sort();

/** Seconds. Source: controller-runtime, `Buckets` of controller_runtime_reconcile_time_seconds. */
const PASS_BUCKETS = [
  ...[0.005, 0.01, 0.025, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.6, 0.7, 0.8, 0.9, 1],
  ...[1.25, 1.5, 1.75, 2, 2.5, 3, 3.5, 4, 4.5, 5, 6, 7, 8, 9, 10, 15, 20, 25, 30, 40, 50, 60],
];

/**
 * Those of controller-runtime and client-go by their names and labels.
 * Source: sigs.k8s.io/controller-runtime at 86a0d40e, pkg/internal/controller/metrics/metrics.go,
 * pkg/internal/metrics/workqueue.go, pkg/metrics/client_go_adapter.go, pkg/metrics/leaderelection.go.
 */
const COMMON = [
  'controller_runtime_active_workers{controller}',
  'controller_runtime_max_concurrent_reconciles{controller}',
  'controller_runtime_reconcile_errors_total{controller}',
  'controller_runtime_reconcile_panics_total{controller}',
  'controller_runtime_reconcile_time_seconds{controller}',
  'controller_runtime_reconcile_timeouts_total{controller}',
  'controller_runtime_reconcile_total{controller,result}',
  'controller_runtime_terminal_reconcile_errors_total{controller}',
  'leader_election_master_status{name}',
  'rest_client_requests_total{code,method,host}',
  'workqueue_adds_total{name,controller}',
  'workqueue_depth{name,controller,priority}',
  'workqueue_longest_running_processor_seconds{name,controller}',
  'workqueue_queue_duration_seconds{name,controller}',
  'workqueue_retries_total{name,controller}',
  'workqueue_unfinished_work_seconds{name,controller}',
  'workqueue_work_duration_seconds{name,controller}',
];

const OWN = [
  'appaccess_aws_call_seconds{service,action}',
  'appaccess_aws_calls_total{service,action,outcome}',
  'appaccess_aws_outage{service,reason}',
  'appaccess_aws_retries_total{service,action}',
  'appaccess_build_info{version}',
  'appaccess_objects{namespace,ready,reason}',
];

const PROCESS = [
  'nodejs_active_handles{type}',
  'nodejs_active_requests{type}',
  'nodejs_active_resources{type}',
  'nodejs_eventloop_lag_max_seconds{}',
  'nodejs_eventloop_lag_mean_seconds{}',
  'nodejs_eventloop_lag_min_seconds{}',
  'nodejs_eventloop_lag_p50_seconds{}',
  'nodejs_eventloop_lag_p90_seconds{}',
  'nodejs_eventloop_lag_p99_seconds{}',
  'nodejs_eventloop_lag_seconds{}',
  'nodejs_eventloop_lag_stddev_seconds{}',
  'nodejs_external_memory_bytes{}',
  'nodejs_gc_duration_seconds{kind}',
  'nodejs_heap_size_total_bytes{}',
  'nodejs_heap_size_used_bytes{}',
  'nodejs_heap_space_size_available_bytes{space}',
  'nodejs_heap_space_size_total_bytes{space}',
  'nodejs_heap_space_size_used_bytes{space}',
  'nodejs_version_info{version,major,minor,patch}',
  'process_cpu_seconds_total{}',
  'process_cpu_system_seconds_total{}',
  'process_cpu_user_seconds_total{}',
  'process_heap_bytes{}',
  'process_max_fds{}',
  'process_open_fds{}',
  'process_resident_memory_bytes{}',
  'process_start_time_seconds{}',
  'process_virtual_memory_bytes{}',
];

test('the metrics and their labels are those of controller-runtime, of the process and our own, and no others', () => {
  const ofProcess = table.filter((entry) => /^(process|nodejs)_/.test(entry));
  expect(table.filter((entry) => !ofProcess.includes(entry))).toEqual([...COMMON, ...OWN].sort());
  expect(PROCESS).toEqual(expect.arrayContaining(ofProcess)); // some are Linux's alone
});

test('the histograms that others read have the buckets of controller-runtime', () => {
  const bucketsOf = (wanted: string) => metrics.find(({ name }) => name === wanted)?.upperBounds;
  expect(bucketsOf('controller_runtime_reconcile_time_seconds')).toEqual(PASS_BUCKETS);
  // What ExponentialBuckets(10e-9, 10, 12) comes to in Go, as every component of Kubernetes shows it.
  const tens = [1e-8, 1e-7, 1e-6, 9.999999999999999e-6, 9.999999999999999e-5, 1e-3, 0.01, 0.1, 1, 10, 100, 1000];
  expect(bucketsOf('workqueue_queue_duration_seconds')).toEqual(tens);
  expect(bucketsOf('workqueue_work_duration_seconds')).toEqual(tens);
});
