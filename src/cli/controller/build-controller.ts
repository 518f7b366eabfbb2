import { API_GROUP, APP_ACCESS_KIND, type AppAccess, RECONCILE_ANNOTATION } from '../../api/app-access.ts';
import type { AwsGateway } from '../../aws/aws-gateway.ts';
import type { Clock } from '../../base/clock.ts';
import type { Logger } from '../../base/logger.ts';
import { noTracer, type Tracer } from '../../base/pass-trace.ts';
import type { EventRecorder } from '../../kube/event-recorder.ts';
import type { KubeClient } from '../../kube/kube-client.ts';
import type { KubeObject } from '../../kube/kube-object.ts';
import type { ResourcePath } from '../../kube/resource-path.ts';
import { claimsOf, rivalsAmong, serviceAccountClaim } from '../../plan/claims.ts';
import type { CompileSettings } from '../../policy/types.ts';
import { createReconciler } from '../../reconcile/create-reconciler.ts';
import { HiddenCreations } from '../../reconcile/hidden-creations.ts';
import { keyOf } from '../../reconcile/key-of.ts';
import { OwnVersions } from '../../reconcile/own-versions.ts';
import { RecentWrites } from '../../reconcile/recent-writes.ts';
import { VanishedObjects } from '../../reconcile/vanished-objects.ts';
import { Controller } from '../../runtime/controller.ts';
import { Reflector } from '../../runtime/reflector.ts';
import { sourceOf } from '../../runtime/source.ts';
import { Store } from '../../runtime/store.ts';
import type { Metrics } from '../../telemetry/metrics.ts';
import { claimsGivenUp } from './claims-given-up.ts';
import { countObjects } from './count-objects.ts';
import { createEventPort } from './event-port.ts';
import { kubeRemedy } from './kube-remedy.ts';
import { createKubernetesGateway } from './kubernetes-gateway.ts';
import type { PassContexts } from './pass-contexts.ts';
import { APP_ACCESSES, SERVICE_ACCOUNTS } from './resource-paths.ts';

export interface BuildParts {
  readonly client: KubeClient;
  readonly aws: AwsGateway;
  readonly events: EventRecorder;
  /** Is told of each pass before it begins. */
  readonly passes: PassContexts;
  /** Since when this replica leads, on the monotonic clock; `undefined` while it does not. */
  leadingSinceMs(): number | undefined;
  readonly settings: CompileSettings;
  readonly workers: number;
  readonly sweepIntervalMs: number;
  readonly readOnly: boolean;
  /** How long AWS may answer reads with what was there before our own write. */
  readonly echoGraceMs: number;
  /** How long running passes may go on once it is stopped; {@link DRAIN_MS} when absent. */
  readonly drainMs?: number;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Metrics;
  /** Absent: nothing is traced. */
  readonly tracer?: Tracer;
}

/** What logs and metrics call the one controller that runs here. */
export const CONTROLLER_NAME = 'appaccess';

const PASS_TIME_LIMIT_MS = 120_000;
/** How long running passes may take to end after SIGTERM; the grace period in `deploy/base` is longer. */
export const DRAIN_MS = 30_000;

/** The controller of the kind AppAccess with all that it watches; it is yet to be started. */
export function buildController(parts: BuildParts): Controller<AppAccess> {
  const { aws, client, clock, events, log, metrics, passes, settings } = parts;
  const store = new Store<AppAccess, 'claim' | 'namespace'>(log, {
    claim: (appAccess) => claimsOf(appAccess, settings),
    namespace: ({ metadata }) => [metadata.namespace],
  });
  const primary = reflect(APP_ACCESSES, store, parts);
  const accounts = reflect(SERVICE_ACCOUNTS, new Store<KubeObject>(log, {}), parts);
  const claimants = (claims: readonly string[]) => claims.flatMap((claim) => store.listBy('claim', claim));
  const versions = new OwnVersions((key) => store.get(key)?.metadata.resourceVersion);
  const vanished = new VanishedObjects(clock);
  store.subscribe((change) => {
    if (change.kind === 'Deleted') {
      vanished.gone(versions.newestOf(change.old));
      versions.forget(change.old);
    } else {
      vanished.forget(change.key);
      versions.shown(change.object);
    }
  });
  metrics.watchObjects(() => (parts.leadingSinceMs() === undefined ? [] : countObjects(store)));
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
    hidden: new HiddenCreations(clock, parts.echoGraceMs, () => parts.leadingSinceMs()),
    versions,
    vanished,
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
      const appAccess = store.get(pass.key) ?? vanished.get(pass.key);
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

function reflect<T extends KubeObject>(
  path: ResourcePath,
  store: Store<T>,
  { client, clock, log }: Pick<BuildParts, 'client' | 'clock' | 'log'>,
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
