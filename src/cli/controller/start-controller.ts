import { API_GROUP, APP_ACCESS_KIND, type AppAccess, RECONCILE_ANNOTATION } from '../../api/app-access.ts';
import { createAwsGateway } from '../../aws/aws-gateway.ts';
import { createCallLimiter } from '../../aws/call-limiter.ts';
import { type Clock, sleep } from '../../base/clock.ts';
import type { Logger } from '../../base/logger.ts';
import { noTracer, type Tracer } from '../../base/pass-trace.ts';
import { EventRecorder } from '../../kube/event-recorder.ts';
import { KubeClient, type KubeClientOptions } from '../../kube/kube-client.ts';
import type { KubeConnection } from '../../kube/kube-connection.ts';
import type { KubeObject } from '../../kube/kube-object.ts';
import type { ResourcePath } from '../../kube/resource-path.ts';
import { claimsOf, rivalsAmong, serviceAccountClaim } from '../../plan/claims.ts';
import type { CompileSettings } from '../../policy/types.ts';
import { createReconciler } from '../../reconcile/create-reconciler.ts';
import { keyOf } from '../../reconcile/key-of.ts';
import { OwnVersions } from '../../reconcile/own-versions.ts';
import { RecentWrites } from '../../reconcile/recent-writes.ts';
import { Controller } from '../../runtime/controller.ts';
import { Reflector } from '../../runtime/reflector.ts';
import { sourceOf } from '../../runtime/source.ts';
import { Store } from '../../runtime/store.ts';
import type { Metrics } from '../../telemetry/metrics.ts';
import { claimsGivenUp } from './claims-given-up.ts';
import { createLeadership, LEASE_NAME, type LeaseSettings } from './create-leadership.ts';
import { createEventPort } from './event-port.ts';
import { kubeRemedy } from './kube-remedy.ts';
import { createKubernetesGateway } from './kubernetes-gateway.ts';
import { PassContexts } from './pass-contexts.ts';
import { readClusterUid } from './read-cluster-uid.ts';
import { APP_ACCESSES, SERVICE_ACCOUNTS } from './resource-paths.ts';

export interface ControllerParts {
  readonly connection: KubeConnection;
  /** `region` is where the SDK signs and where EKS is. The cluster's uid is read from the cluster. */
  readonly settings: Omit<CompileSettings, 'clusterUid'> & { readonly region: string };
  /** Base URL of AWS; absent: what the SDK finds in its environment. */
  readonly awsEndpoint?: string;
  /** How long AWS may take for one answer; absent: what the gateway holds for right. */
  readonly awsAnswerTimeoutMs?: number;
  readonly workers: number;
  /** Requests to AWS in a second; absent: no limit. */
  readonly awsRequestsPerSecond?: number | undefined;
  readonly sweepIntervalMs: number;
  readonly readOnly: boolean;
  /** Shared with other replicas, one of which works; absent: there is no other. */
  readonly lease?: LeaseSettings;
  /** How long AWS may answer reads with what was there before our own write. */
  readonly echoGraceMs: number;
  /** How long running passes may go on once it is stopped; half a minute when absent. */
  readonly drainMs?: number;
  readonly instance: string;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Metrics;
  /** Absent: nothing is traced. */
  readonly tracer?: Tracer;
}

export interface RunningController {
  /** True once the caches are synced: it works, or would at once if it came to lead. */
  isReady(): boolean;
  isLeading(): boolean;
  /** Resolves once this replica leads and its workers run; rejects when stopped before. */
  readonly leading: Promise<void>;
  /** Resolves when it led and does not any more. It writes nothing from then on, and is good for nothing but `stop`. */
  readonly lost: Promise<void>;
  /** Lets running passes end and the events of the last ones be written, gives up the lease, then stops. */
  stop(): Promise<void>;
}

/** What logs and metrics call the one controller that runs here. */
export const CONTROLLER_NAME = 'appaccess';

/** Requests to AWS that may be under way at once. */
const AWS_CONCURRENCY = 20;
const PASS_TIME_LIMIT_MS = 120_000;
/** How long running passes may take to end after SIGTERM; the grace period in `deploy/base` is longer. */
export const DRAIN_MS = 30_000;
/** How long a stop waits for events to be written. */
const LAST_EVENTS_MS = 5_000;
/** How long a stop tries to give up the lease. */
const RELEASE_MS = 3_000;

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
  const passes = new PassContexts();
  const clientOptions: KubeClientOptions = {
    connection,
    clock,
    random: Math.random,
    userAgent: 'appaccess',
    contextOf: (signal) => passes.of(signal),
    onRequest(record, signal) {
      const { verb, status } = record;
      metrics.kubeRequest({ code: codeOf(status), method: METHODS[verb], host: new URL(connection.server).host });
      passes.of(signal)?.log.debug('kubernetes request', { ...record });
    },
  };
  const leadership = createLeadership({ ...parts, lease: parts.lease, client: new KubeClient(clientOptions) });
  const client = new KubeClient({ ...clientOptions, beforeWrite: () => leadership.requireFresh() });
  let controller: Controller<AppAccess> | undefined;
  let isLeading = false;
  const events = new EventRecorder({
    client,
    clock,
    log,
    controller: 'appaccess.dev/controller',
    instance: parts.instance,
  });
  const aws = createAwsGateway({
    region: parts.settings.region,
    ...(parts.awsEndpoint === undefined ? {} : { endpoint: parts.awsEndpoint }),
    ...(parts.awsAnswerTimeoutMs === undefined ? {} : { answerTimeoutMs: parts.awsAnswerTimeoutMs }),
    ...(parts.settings.accountId === undefined ? {} : { accountId: parts.settings.accountId }),
    limiter: createCallLimiter({
      clock,
      concurrency: AWS_CONCURRENCY,
      requestsPerSecond: parts.awsRequestsPerSecond,
      // Throttling that lasts is told by the objects that wait for it; what passes shows in the metrics.
      onThrottle: (pauseMs) => log.debug('aws throttles, requests wait', { pauseMs }),
    }),
    priorityOf: (signal) => passes.priorityOf(signal),
    beforeWrite: () => leadership.requireFresh(),
    clock,
    log,
    contextOf: (signal) => passes.of(signal),
    onCall: (call) => metrics.awsCall(call),
    onOutage: (service, reason) => metrics.awsOutage(service, reason),
  });

  const setLeading = (leads: boolean) => {
    isLeading = leads;
    metrics.leader(LEASE_NAME, leads);
  };
  const lead = async () => {
    setLeading(false);
    const clusterUid = await readClusterUid(client, parts, stopping.signal);
    controller = buildController(client, clusterUid, parts, aws, events, passes);
    await controller.start(stopping.signal);
    log.info('caches synced');
    await leadership.acquire(stopping.signal);
    controller.work();
    setLeading(true);
    log.info('controller started', { clusterUid, workers: parts.workers, readOnly: parts.readOnly });
  };
  const leading = lead();
  leading.catch(() => undefined); // whoever wants to know awaits it itself
  const stopped = new AbortController();
  const { promise: lost, resolve: lose } = Promise.withResolvers<void>();
  const kept = leading
    .then(() => leadership.keep(stopped.signal))
    .then(() => {
      setLeading(false);
      lose();
    })
    .catch(() => undefined); // stopped, before or while it led

  return {
    leading,
    lost,
    isReady: () => controller?.isReady() ?? false,
    isLeading: () => isLeading,
    async stop() {
      stopping.abort(new Error('the controller is stopping'));
      await leading.catch(() => undefined);
      await controller?.stop(isLeading ? undefined : 0); // who does not lead, or no more, has no pass to wait for
      await Promise.race([events.flush(), sleep(clock, LAST_EVENTS_MS, new AbortController().signal)]);
      stopped.abort(new Error('the controller has stopped')); // only now: what was under way needed a fresh lease
      await kept;
      await leadership.release(AbortSignal.timeout(RELEASE_MS));
      setLeading(false);
      await aws.close();
    },
  };
}

function buildController(
  client: KubeClient,
  clusterUid: string,
  parts: ControllerParts,
  aws: ReturnType<typeof createAwsGateway>,
  events: EventRecorder,
  passes: PassContexts,
): Controller<AppAccess> {
  const { clock, log, metrics } = parts;
  const settings = { ...parts.settings, clusterUid };
  const store = new Store<AppAccess, 'claim'>(log, { claim: (appAccess) => claimsOf(appAccess, settings) });
  const primary = reflect(client, APP_ACCESSES, store, parts);
  const accounts = reflect(client, SERVICE_ACCOUNTS, new Store<KubeObject>(log, {}), parts);
  const claimants = (claims: readonly string[]) => claims.flatMap((claim) => store.listBy('claim', claim));
  const versions = new OwnVersions((key) => store.get(key)?.metadata.resourceVersion);
  store.subscribe((change) =>
    change.kind === 'Deleted' ? versions.forget(change.old) : versions.shown(change.object),
  );
  const reconcile = createReconciler({
    aws,
    kube: createKubernetesGateway(client),
    rivals: {
      rivalsOf: (appAccess) => rivalsAmong(appAccess, claimants(claimsOf(appAccess, settings)), settings),
    },
    events: createEventPort(events),
    clock,
    settings,
    recent: new RecentWrites(clock, parts.echoGraceMs),
    versions,
    readOnly: parts.readOnly,
  });
  return new Controller({
    primary,
    relatedKeys: (change) =>
      claimants(claimsGivenUp(change, settings))
        .map(keyOf)
        .filter((key) => key !== change.key),
    sources: [sourceOf(accounts, ({ key }) => claimants([serviceAccountClaim(key)]).map(keyOf))],
    async reconcile(pass) {
      const appAccess = store.get(pass.key);
      if (appAccess === undefined) return { kind: 'Done' };
      passes.add(pass);
      return reconcile(appAccess, pass);
    },
    isBehind: ({ metadata, status }) =>
      metadata.deletionTimestamp !== undefined || status?.observedGeneration !== metadata.generation,
    annotationOf: (annotations) => annotations[RECONCILE_ANNOTATION],
    workers: parts.workers,
    timeLimitMs: PASS_TIME_LIMIT_MS,
    sweepIntervalMs: parts.sweepIntervalMs,
    drainMs: parts.drainMs ?? DRAIN_MS,
    clock,
    random: Math.random,
    log: log.child({ controller: CONTROLLER_NAME, controllerGroup: API_GROUP, controllerKind: APP_ACCESS_KIND }),
    metrics: metrics.runtime,
    tracer: parts.tracer ?? noTracer,
  });
}

function codeOf(status: number | 'error'): string {
  return status === 'error' ? '<error>' : String(status);
}

function reflect<T extends KubeObject>(
  client: KubeClient,
  path: ResourcePath,
  store: Store<T>,
  { clock, log }: ControllerParts,
) {
  return new Reflector<T>({
    list: (request, signal) => client.list<T>(path, request, signal),
    watch: (request, signal) => client.watch<T>(path, request, signal),
    store,
    clock,
    log: log.child({ resource: path.plural }),
    random: Math.random,
    remedyOf: (error) => kubeRemedy(error, path, 'list and watch'),
  });
}
