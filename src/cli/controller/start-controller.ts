import type { AppAccess } from '../../api/app-access.ts';
import { createAwsGateway } from '../../aws/aws-gateway.ts';
import { createCallLimiter } from '../../aws/call-limiter.ts';
import { sleep } from '../../base/clock.ts';
import { EventRecorder } from '../../kube/event-recorder.ts';
import { KubeClient, type KubeClientOptions } from '../../kube/kube-client.ts';
import type { KubeConnection } from '../../kube/kube-connection.ts';
import { serverHost } from '../../kube/server-host.ts';
import type { CompileSettings } from '../../policy/types.ts';
import type { Controller } from '../../runtime/controller.ts';
import { type BuildParts, buildController } from './build-controller.ts';
import { createLeadership, LEASE_NAME, type LeaseSettings } from './create-leadership.ts';
import { PassContexts } from './pass-contexts.ts';
import { readClusterUid } from './read-cluster-uid.ts';

/** What `buildController` is given, but for what is made here. */
export interface ControllerParts
  extends Omit<BuildParts, 'client' | 'aws' | 'events' | 'passes' | 'leadingSinceMs' | 'settings'> {
  readonly connection: KubeConnection;
  /** `region` is where the SDK signs and where EKS is. The cluster's uid is read from the cluster. */
  readonly settings: Omit<CompileSettings, 'clusterUid'> & { readonly region: string };
  /** Base URL of AWS; absent: what the SDK finds in its environment. */
  readonly awsEndpoint?: string;
  /** How long AWS may take for one answer; absent: what the gateway holds for right. */
  readonly awsAnswerTimeoutMs?: number;
  /** Requests to AWS in a second; absent: no limit. */
  readonly awsRequestsPerSecond?: number | undefined;
  /** Shared with other replicas, one of which works; absent: there is no other. */
  readonly lease?: LeaseSettings;
  readonly instance: string;
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

/** Requests to AWS that may be under way at once. */
const AWS_CONCURRENCY = 20;
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
      metrics.kubeRequest({ code: codeOf(status), method: METHODS[verb], host: serverHost(connection) });
      passes.of(signal)?.log.debug('kubernetes request', { ...record });
    },
  };
  const leadership = createLeadership({ ...parts, lease: parts.lease, client: new KubeClient(clientOptions) });
  const client = new KubeClient({ ...clientOptions, beforeWrite: () => leadership.requireFresh() });
  let controller: Controller<AppAccess> | undefined;
  let leadingSinceMs: number | undefined;
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
    leadingSinceMs = leads ? clock.monotonicMs() : undefined;
    metrics.leader(LEASE_NAME, leads);
  };
  const lead = async () => {
    setLeading(false);
    const clusterUid = await readClusterUid(client, parts, stopping.signal);
    controller = buildController({
      ...parts,
      settings: { ...parts.settings, clusterUid },
      client,
      aws,
      events,
      passes,
      leadingSinceMs: () => leadingSinceMs,
    });
    await controller.start(stopping.signal);
    log.info('caches synced');
    await leadership.acquire(stopping.signal);
    setLeading(true);
    controller.work();
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
    isLeading: () => leadingSinceMs !== undefined,
    async stop() {
      stopping.abort(new Error('the controller is stopping'));
      await leading.catch(() => undefined);
      await controller?.stop(leadingSinceMs === undefined ? 0 : undefined); // who does not lead, or no more, has no pass to wait for
      await Promise.race([events.flush(), sleep(clock, LAST_EVENTS_MS, new AbortController().signal)]);
      stopped.abort(new Error('the controller has stopped')); // only now: what was under way needed a fresh lease
      await kept;
      await leadership.release(AbortSignal.timeout(RELEASE_MS));
      setLeading(false);
      await aws.close();
    },
  };
}

function codeOf(status: number | 'error'): string {
  return status === 'error' ? '<error>' : String(status);
}
