import { type AppAccess, RECONCILE_ANNOTATION } from '../../api/app-access.ts';
import { type AwsGateway, createAwsGateway } from '../../aws/aws-gateway.ts';
import { createCallLimiter } from '../../aws/call-limiter.ts';
import { type Clock, sleep } from '../../base/clock.ts';
import type { Logger } from '../../base/logger.ts';
import { EventRecorder } from '../../kube/event-recorder.ts';
import { KubeClient } from '../../kube/kube-client.ts';
import type { KubeConnection } from '../../kube/kube-connection.ts';
import type { KubeObject } from '../../kube/kube-object.ts';
import type { ResourcePath } from '../../kube/resource-path.ts';
import type { CompileSettings } from '../../policy/types.ts';
import { createReconciler } from '../../reconcile/create-reconciler.ts';
import { RecentWrites } from '../../reconcile/recent-writes.ts';
import { Controller } from '../../runtime/controller.ts';
import { Reflector } from '../../runtime/reflector.ts';
import { sourceOf } from '../../runtime/source.ts';
import { Store } from '../../runtime/store.ts';
import type { Priority } from '../../runtime/work-queue.ts';
import type { Metrics } from '../../telemetry/metrics.ts';
import { createEventPort } from './event-port.ts';
import { createKubernetesGateway } from './kubernetes-gateway.ts';
import { APP_ACCESSES, KUBE_SYSTEM, SERVICE_ACCOUNTS } from './resource-paths.ts';

export interface ControllerParts {
  readonly connection: KubeConnection;
  /** `region` is where the SDK signs and where EKS is. The cluster's uid is read from the cluster. */
  readonly settings: Omit<CompileSettings, 'clusterUid'> & { readonly region: string };
  /** Base URL of AWS; absent: what the SDK finds in its environment. */
  readonly awsEndpoint?: string;
  readonly workers: number;
  /** Requests to AWS in a second; absent: no limit. */
  readonly awsRequestsPerSecond?: number | undefined;
  readonly sweepIntervalMs: number;
  readonly readOnly: boolean;
  /** How long AWS may answer reads with what was there before our own write. */
  readonly echoGraceMs: number;
  readonly instance: string;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Metrics;
}

export interface RunningController {
  /** True once the caches are synced and the workers run. */
  isReady(): boolean;
  /** Resolves once ready; rejects when stopped before. */
  readonly ready: Promise<void>;
  /** Lets running passes end, then stops. */
  stop(): Promise<void>;
}

/** One for each priority of a pass, over one limiter: an edit's requests go before those of a resync. */
type Gateways = Readonly<Record<Priority, AwsGateway>>;

/** Requests to AWS that may be under way at once. */
const AWS_CONCURRENCY = 20;
const PASS_TIME_LIMIT_MS = 120_000;
const DRAIN_MS = 30_000;
const CLUSTER_RETRY_MS = 2_000;

/** The HTTP method behind each verb, the label that client-go's metric has. */
const METHODS = {
  get: 'GET',
  list: 'GET',
  watch: 'GET',
  create: 'POST',
  update: 'PUT',
  patch: 'PATCH',
  delete: 'DELETE',
};

/** Wires the controller together and starts it; the parts are known nowhere else. */
export function startController(parts: ControllerParts): RunningController {
  const { connection, clock, log, metrics } = parts;
  const stopping = new AbortController();
  const random = Math.random;
  const client = new KubeClient({
    connection,
    clock,
    random,
    userAgent: 'appaccess',
    onRequest: ({ verb, status }) =>
      metrics.kubeRequest({ code: codeOf(status), method: METHODS[verb], host: new URL(connection.server).host }),
  });
  let controller: Controller<AppAccess> | undefined;
  const limiter = createCallLimiter({
    clock,
    concurrency: AWS_CONCURRENCY,
    requestsPerSecond: parts.awsRequestsPerSecond,
    onThrottle: (pauseMs) => log.warn('aws throttles, requests wait', { pauseMs }),
  });
  const openGateway = (priority: number) =>
    createAwsGateway({
      region: parts.settings.region,
      ...(parts.awsEndpoint === undefined ? {} : { endpoint: parts.awsEndpoint }),
      ...(parts.settings.accountId === undefined ? {} : { accountId: parts.settings.accountId }),
      limiter,
      priority,
      clock,
      log,
      onCall: (call) => metrics.awsCall(call),
    });
  const aws: Gateways = { Normal: openGateway(1), Low: openGateway(0) };

  const start = async () => {
    const clusterUid = await readClusterUid(client, parts, stopping.signal);
    controller = buildController(client, clusterUid, parts, aws);
    await controller.start(stopping.signal);
    log.info('controller started', { clusterUid, workers: parts.workers, readOnly: parts.readOnly });
  };
  const ready = start();
  ready.catch(() => undefined); // whoever wants to know awaits `ready` itself
  return {
    ready,
    isReady: () => controller?.isReady() ?? false,
    async stop() {
      stopping.abort(new Error('the controller is stopping'));
      await ready.catch(() => undefined);
      await controller?.stop();
      await Promise.all([aws.Normal.close(), aws.Low.close()]);
    },
  };
}

function buildController(
  client: KubeClient,
  clusterUid: string,
  parts: ControllerParts,
  aws: Gateways,
): Controller<AppAccess> {
  const { clock, log, metrics } = parts;
  const primary = reflect<AppAccess>(client, APP_ACCESSES, parts);
  const accounts = reflect<KubeObject>(client, SERVICE_ACCOUNTS, parts);
  const dependencies = {
    kube: createKubernetesGateway(client),
    events: createEventPort(
      new EventRecorder({ client, clock, log, controller: 'appaccess.dev/controller', instance: parts.instance }),
    ),
    clock,
    log,
    settings: { ...parts.settings, clusterUid },
    recent: new RecentWrites(clock, parts.echoGraceMs),
    readOnly: parts.readOnly,
  };
  const reconcile = {
    Normal: createReconciler({ ...dependencies, aws: aws.Normal }),
    Low: createReconciler({ ...dependencies, aws: aws.Low }),
  };
  return new Controller({
    primary,
    sources: [sourceOf(accounts, ({ key }) => subjectsOf(primary.store.list(), key))],
    async reconcile(key, signal, priority) {
      const appAccess = primary.store.get(key);
      return appAccess === undefined ? { kind: 'Done' } : reconcile[priority](appAccess, signal);
    },
    annotationOf: (annotations) => annotations[RECONCILE_ANNOTATION],
    workers: parts.workers,
    timeLimitMs: PASS_TIME_LIMIT_MS,
    sweepIntervalMs: parts.sweepIntervalMs,
    drainMs: DRAIN_MS,
    clock,
    random: Math.random,
    log,
    metrics: metrics.runtime,
  });
}

function codeOf(status: number | 'error'): string {
  return status === 'error' ? '<error>' : String(status);
}

/** Keys of the objects whose subject is the service account `accountKey` (`namespace/name`). */
function subjectsOf(appAccesses: readonly AppAccess[], accountKey: string): readonly string[] {
  return appAccesses
    .filter(({ metadata, spec }) => `${metadata.namespace}/${spec.subject?.serviceAccount?.name}` === accountKey)
    .map(({ metadata }) => `${metadata.namespace}/${metadata.name}`);
}

function reflect<T extends KubeObject>(client: KubeClient, path: ResourcePath, { clock, log }: ControllerParts) {
  return new Reflector<T>({
    list: (request, signal) => client.list<T>(path, request, signal),
    watch: (request, signal) => client.watch<T>(path, request, signal),
    store: new Store<T>(log),
    clock,
    log: log.child({ resource: path.plural }),
    random: Math.random,
  });
}

/** The uid of kube-system stands for the cluster; it is waited for when the API server cannot be reached yet. */
async function readClusterUid(client: KubeClient, { clock, log }: ControllerParts, signal: AbortSignal) {
  for (;;) {
    try {
      const namespace = await client.get(KUBE_SYSTEM, signal);
      if (namespace?.metadata.uid !== undefined) return namespace.metadata.uid;
      log.warn('waiting for namespace kube-system');
    } catch (error) {
      signal.throwIfAborted();
      log.warn('waiting for the Kubernetes API', { error });
    }
    await sleep(clock, CLUSTER_RETRY_MS, signal);
  }
}
