import { expect, test } from 'vitest';
import type { RuntimeMetrics } from '../../../src/runtime/metrics.ts';
import { createMetrics } from '../../../src/telemetry/metrics.ts';

function withoutComments(text: string): string[] {
  return text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
}

test('passes, errors and queue are counted under the names of controller-runtime', async () => {
  const metrics = createMetrics({ controller: 'appaccess', processMetrics: false });
  const runtime: RuntimeMetrics = metrics.runtime; // matches the runtime by shape
  runtime.maxWorkers(16);
  runtime.activeWorkers(2);
  runtime.queueAdd();
  runtime.watchQueue({ depths: () => ({ Normal: 2, Low: 3 }), runningMs: () => [1_500, 500] });
  runtime.queueRetry();
  runtime.queueLatency(0.5);
  runtime.workDuration(2);
  runtime.reconcileDone('success', 0.2);
  runtime.reconcileDone('error', 0.3);
  runtime.terminalError();
  runtime.reconcilePanic();
  runtime.reconcileTimeout();
  const lines = withoutComments(await metrics.registry.metrics()).filter((line) => !line.includes('_bucket'));
  const queue = '{name="appaccess",controller="appaccess"}';
  expect(lines.sort()).toEqual(
    [
      'controller_runtime_reconcile_total{controller="appaccess",result="success"} 1',
      'controller_runtime_reconcile_total{controller="appaccess",result="error"} 1',
      'controller_runtime_reconcile_total{controller="appaccess",result="requeue"} 0',
      'controller_runtime_reconcile_total{controller="appaccess",result="requeue_after"} 0',
      'controller_runtime_reconcile_errors_total{controller="appaccess"} 1',
      'controller_runtime_terminal_reconcile_errors_total{controller="appaccess"} 1',
      'controller_runtime_reconcile_panics_total{controller="appaccess"} 1',
      'controller_runtime_reconcile_timeouts_total{controller="appaccess"} 1',
      'controller_runtime_reconcile_time_seconds_sum{controller="appaccess"} 0.5',
      'controller_runtime_reconcile_time_seconds_count{controller="appaccess"} 2',
      'controller_runtime_max_concurrent_reconciles{controller="appaccess"} 16',
      'controller_runtime_active_workers{controller="appaccess"} 2',
      `workqueue_adds_total${queue} 1`,
      `workqueue_retries_total${queue} 1`,
      'workqueue_depth{name="appaccess",controller="appaccess",priority="0"} 2',
      'workqueue_depth{name="appaccess",controller="appaccess",priority="-100"} 3',
      `workqueue_queue_duration_seconds_sum${queue} 0.5`,
      `workqueue_queue_duration_seconds_count${queue} 1`,
      `workqueue_work_duration_seconds_sum${queue} 2`,
      `workqueue_work_duration_seconds_count${queue} 1`,
      `workqueue_unfinished_work_seconds${queue} 2`,
      `workqueue_longest_running_processor_seconds${queue} 1.5`,
    ].sort(),
  );
});

test('every series of a controller stands at zero before its first pass', async () => {
  const { registry } = createMetrics({ controller: 'appaccess', processMetrics: false });
  const lines = withoutComments(await registry.metrics());
  const names = new Set(lines.map((line) => line.replace(/(_bucket|_sum|_count)?\{.*/, '')));
  const kept = [...names].filter((name) => /^(controller_runtime|workqueue)_/.test(name));
  expect(kept).toHaveLength(8 + 7);
  expect(lines.filter((line) => !line.endsWith(' 0'))).toEqual([]);
});

test('calls to AWS and to Kubernetes are counted by what was asked and how it ended', async () => {
  const metrics = createMetrics({ controller: 'appaccess', processMetrics: false });
  metrics.awsCall({ service: 'iam', action: 'CreateRole', outcome: 'Success', attempts: 3, seconds: 0.5 });
  metrics.kubeRequest({ code: '200', method: 'GET', host: 'kube:443' });
  metrics.version('1.2.3');
  const text = await metrics.registry.metrics();
  expect(withoutComments(text)).toEqual(
    expect.arrayContaining([
      'appaccess_aws_calls_total{service="iam",action="CreateRole",outcome="Success"} 1',
      'appaccess_aws_retries_total{service="iam",action="CreateRole"} 2',
      'appaccess_aws_call_seconds_sum{service="iam",action="CreateRole"} 0.5',
      'rest_client_requests_total{code="200",method="GET",host="kube:443"} 1',
      'appaccess_build_info{version="1.2.3"} 1',
    ]),
  );
});

test('the metrics of the process are there unless they are switched off', async () => {
  const metrics = createMetrics({ controller: 'appaccess' });
  expect(await metrics.registry.metrics()).toContain('process_resident_memory_bytes');
});

test('an outage of an AWS service stands with its present reason while it lasts, each service by itself', async () => {
  const metrics = createMetrics({ controller: 'appaccess', processMetrics: false });
  const outages = async () =>
    withoutComments(await metrics.registry.metrics()).filter((line) => line.startsWith('appaccess_aws_outage'));
  metrics.awsOutage('iam', 'AwsUnavailable');
  metrics.awsOutage('iam', 'NoCredentials');
  metrics.awsOutage('eks', 'Throttled');
  expect(await outages()).toEqual([
    'appaccess_aws_outage{service="iam",reason="NoCredentials"} 1',
    'appaccess_aws_outage{service="eks",reason="Throttled"} 1',
  ]);
  metrics.awsOutage('iam', undefined);
  expect(await outages()).toEqual(['appaccess_aws_outage{service="eks",reason="Throttled"} 1']);
});
