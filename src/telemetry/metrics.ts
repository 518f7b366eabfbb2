import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { createObjectMetrics } from './object-metrics.ts';
import { createRuntimeMetrics } from './runtime-metrics.ts';

/** One call to AWS as it ended. */
export interface AwsCallRecord {
  readonly service: string;
  readonly action: string;
  /** `Success` or an error code: a small set. */
  readonly outcome: string;
  readonly attempts: number;
  readonly seconds: number;
}

/** Gauges of prom-client that are named like counters, which misleads tools; the same numbers stand beside them by type. */
const MISNAMED = ['nodejs_active_handles_total', 'nodejs_active_requests_total', 'nodejs_active_resources_total'];

/** One request to the Kubernetes API as it ended. */
export interface KubeRequestRecord {
  /** HTTP status, or `<error>` when there was no answer, as client-go has it. */
  readonly code: string;
  /** In capitals. */
  readonly method: string;
  readonly host: string;
}

export type Metrics = ReturnType<typeof createMetrics>;

/**
 * The metrics of this process in a registry of their own, under the names that controller-runtime's programs use, so that
 * existing dashboards and alerts fit, and `appaccess_…` for what is particular to this one. Everything is fed by the
 * functions returned; none of them throws. `controller` is the label of the one controller that runs here.
 */
export function createMetrics(options: { readonly controller: string; readonly processMetrics?: boolean }) {
  const registry = new Registry();
  if (options.processMetrics ?? true) {
    collectDefaultMetrics({ register: registry });
    for (const name of MISNAMED) registry.removeSingleMetric(name);
  }
  const registers = [registry];

  const kubeRequests = new Counter({
    name: 'rest_client_requests_total',
    help: 'Requests to the Kubernetes API by status code, method and host.',
    labelNames: ['code', 'method', 'host'],
    registers,
  });
  const awsCalls = new Counter({
    name: 'appaccess_aws_calls_total',
    help: 'Calls to AWS by service, action and outcome (Success or the error code); retries are not counted apart.',
    labelNames: ['service', 'action', 'outcome'],
    registers,
  });
  const awsRetries = new Counter({
    name: 'appaccess_aws_retries_total',
    help: 'Requests to AWS that were sent again within one call.',
    labelNames: ['service', 'action'],
    registers,
  });
  const awsSeconds = new Histogram({
    name: 'appaccess_aws_call_seconds',
    help: 'Time of a call to AWS, from the wait for the request budget to the answer.',
    labelNames: ['service', 'action'],
    buckets: [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60],
    registers,
  });
  const awsOutage = new Gauge({
    name: 'appaccess_aws_outage',
    help: 'While calls to an AWS service are held back: 1, with the reason (NoCredentials, AwsUnavailable, Throttled).',
    labelNames: ['service', 'reason'],
    registers,
  });
  const outages = new Map<string, string>();
  const leader = new Gauge({
    name: 'leader_election_master_status',
    help: 'Whether this replica leads in the election of that name (1) or stands by (0).',
    labelNames: ['name'],
    registers,
  });
  const buildInfo = new Gauge({
    name: 'appaccess_build_info',
    help: 'Always 1; the version stands in the label.',
    labelNames: ['version'],
    registers,
  });

  return {
    registry,
    /** For the controller runtime: queue, workers and passes. */
    runtime: createRuntimeMetrics(registry, options.controller),
    ...createObjectMetrics(registry),
    awsCall({ service, action, outcome, attempts, seconds }: AwsCallRecord): void {
      awsCalls.inc({ service, action, outcome });
      awsSeconds.observe({ service, action }, seconds);
      if (attempts > 1) awsRetries.inc({ service, action }, attempts - 1);
    },
    /** `reason` is absent when the service answers again. */
    awsOutage(service: string, reason: string | undefined): void {
      const before = outages.get(service);
      if (before !== undefined) awsOutage.remove({ service, reason: before });
      outages.delete(service);
      if (reason === undefined) return;
      awsOutage.set({ service, reason }, 1);
      outages.set(service, reason);
    },
    kubeRequest({ code, method, host }: KubeRequestRecord): void {
      kubeRequests.inc({ code, method, host });
    },
    leader(name: string, leads: boolean): void {
      leader.set({ name }, leads ? 1 : 0);
    },
    version(version: string): void {
      buildInfo.set({ version }, 1);
    },
  };
}
