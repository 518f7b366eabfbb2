import { type AppAccess, RECONCILE_ANNOTATION } from '../../src/api/app-access.ts';
import { appAccessCrd } from '../../src/api/custom-resource-definition.ts';
import { validateAppAccess } from '../../src/api/validate-app-access.ts';
import { type Clock, systemClock } from '../../src/base/clock.ts';
import { silentLogger } from '../../src/base/logger.ts';
import { IRSA_ANNOTATION } from '../../src/cli/controller/irsa-annotation.ts';
import { APP_ACCESSES, SERVICE_ACCOUNTS } from '../../src/cli/controller/resource-paths.ts';
import {
  type ControllerParts,
  type RunningController,
  startController,
} from '../../src/cli/controller/start-controller.ts';
import { type EmbeddedAws, startAwsServer } from '../../src/dev/aws/start-aws-server.ts';
import type { ValidateObject } from '../../src/dev/kube/admit-object.ts';
import { type EmbeddedKube, startKubeServer } from '../../src/dev/kube/start-kube-server.ts';
import { KubeClient } from '../../src/kube/kube-client.ts';
import type { KubeConnection } from '../../src/kube/kube-connection.ts';
import type { KubeObject } from '../../src/kube/kube-object.ts';
import type { ResourcePath } from '../../src/kube/resource-path.ts';
import { partitionOfRegion } from '../../src/policy/partition-of-region.ts';
import type { CompileSettings } from '../../src/policy/types.ts';
import { createMetrics } from '../../src/telemetry/metrics.ts';
import { ACCOUNT } from './builders.ts';
import { type ManualClock, settle } from './manual-clock.ts';
import { plainConnection } from './plain-connection.ts';

export const CLUSTER = 'demo';
export const REGION = 'eu-west-1';
export const OIDC_ISSUER = 'https://oidc.eks.eu-west-1.amazonaws.com/id/0123456789ABCDEF';

export interface AnnotatedObject extends KubeObject {
  readonly metadata: KubeObject['metadata'] & { readonly annotations?: Readonly<Record<string, string>> };
}

/** An event of events.k8s.io. */
export interface WorldEvent extends KubeObject {
  readonly reason: string;
  readonly note: string;
  readonly regarding: { readonly name: string };
}

/**
 * Both embedded servers, a client of each, and controllers that are started on demand. A name of an object is a bare one
 * in namespace default, or `namespace/name`.
 */
export interface EmbeddedWorld {
  readonly kube: EmbeddedKube;
  readonly aws: EmbeddedAws;
  readonly client: KubeClient;
  /** What controllers are started with unless told otherwise. */
  readonly controllerSettings: ControllerParts['settings'];
  /** `awaitReady: false` returns while it still starts. */
  startController(change?: Partial<ControllerParts> & { awaitReady?: boolean }): Promise<RunningController>;
  /** What a controller of this world compiles with. */
  settings(): CompileSettings & { readonly region: string };
  createNamespace(name: string): Promise<void>;
  removeNamespace(name: string): Promise<void>;
  /** Server-side apply of an AppAccess, as a user would; returns it with its defaults. */
  apply(name: string, spec: object, annotations?: Readonly<Record<string, string>>): Promise<AppAccess>;
  createServiceAccount(name: string, annotations?: Readonly<Record<string, string>>): Promise<KubeObject>;
  remove(name: string): Promise<void>;
  /** Deletes the object and takes its finalizers off, so that it goes at once. */
  removeByForce(name: string): Promise<void>;
  /** Asks for a pass over the object as it is. */
  touch(name: string): Promise<void>;
  /** As {@link touch}, and waits for the end of that pass. */
  passOver(name: string): Promise<AppAccess>;
  /** The events with `reason` once there are `count` of them; waits on a watch. */
  untilEvents(reason: string, count: number): Promise<readonly WorldEvent[]>;
  /** Sets the status to nothing, as a restore from a backup without status does. */
  loseStatus(name: string): Promise<void>;
  /** Sets the status to what a backup has, or to nothing. */
  restoreStatus(name: string, status: AppAccess['status']): Promise<void>;
  /** The object once `holds` is true of it; waits on a watch. */
  until(name: string, holds: (appAccess: AppAccess) => boolean): Promise<AppAccess>;
  untilReady(name: string): Promise<AppAccess>;
  /** Waits for Ready with `reason` at the present generation. */
  untilReason(name: string, reason: string): Promise<AppAccess>;
  /** The objects once a pass over the present generation of each has ended for good, well or not; on one watch. */
  untilSettled(names: readonly string[]): Promise<readonly AppAccess[]>;
  untilGone(name: string): Promise<void>;
  getServiceAccount(name: string): Promise<AnnotatedObject>;
  /** Waits for the annotation of IRSA with `roleArn` on a service account. */
  untilAnnotated(name: string, roleArn: string): Promise<void>;
  /**
   * Moves `clock` on by `ms`, a second at a time, and lets the servers answer what they were asked in between.
   */
  advance(clock: ManualClock, ms: number): Promise<void>;
  stop(): Promise<void>;
}

export async function startEmbeddedWorld(
  options: {
    latencyMs?: number;
    visibilityDelayMs?: number;
    region?: string;
    /** The API server takes what breaks a rule, as one with an older CRD would. */
    lenient?: boolean;
    /** Instead of that of this version. */
    crds?: readonly object[];
    validate?: ValidateObject;
    /** Of the Kubernetes API, which sends bookmarks and ends watches by it. */
    kubeClock?: Clock;
    /** False: the API server refuses them, as older ones do. */
    streamingLists?: boolean;
  } = {},
): Promise<EmbeddedWorld> {
  const {
    region = REGION,
    lenient = false,
    crds = [appAccessCrd()],
    validate = lenient ? () => [] : validateToday,
    kubeClock = systemClock,
    streamingLists = true,
    ...awsOptions
  } = options;
  process.env.AWS_ACCESS_KEY_ID = 'dummy';
  process.env.AWS_SECRET_ACCESS_KEY = 'dummy';
  const kube = await startKubeServer({
    port: 0,
    crds,
    validate,
    clock: kubeClock,
    streamingLists,
  });
  const aws = await startAwsServer({
    port: 0,
    accountId: ACCOUNT,
    region,
    clusters: [CLUSTER],
    clock: systemClock,
    ...awsOptions,
  });
  const connection: KubeConnection = plainConnection(kube.url);
  const client = new KubeClient({ connection, clock: systemClock, random: Math.random, userAgent: 'test' });
  const controllers: RunningController[] = [];
  const signal = new AbortController();
  const pathOf = (name: string): ResourcePath => ({ ...APP_ACCESSES, ...nameOf(name) });
  const settings = {
    partition: partitionOfRegion(region),
    accountId: ACCOUNT,
    region,
    clusterName: CLUSTER,
    oidcIssuer: OIDC_ISSUER,
  };

  let passes = 0;
  const requestPass = async (name: string) => {
    passes += 1;
    const annotations = { [RECONCILE_ANNOTATION]: `request ${passes}` };
    await client.patch(pathOf(name), { metadata: { annotations } }, 'merge', signal.signal);
    return annotations[RECONCILE_ANNOTATION];
  };

  const world: EmbeddedWorld = {
    kube,
    aws,
    client,
    controllerSettings: settings,
    async startController(change = {}) {
      const controller = startController({
        connection,
        settings,
        awsEndpoint: aws.url,
        workers: 16,
        sweepIntervalMs: 3_600_000,
        readOnly: false,
        echoGraceMs: 0,
        instance: 'test',
        clock: systemClock,
        log: silentLogger,
        metrics: createMetrics({ controller: 'appaccess', processMetrics: false }),
        ...change,
      });
      controllers.push(controller);
      if (change.awaitReady !== false) await controller.leading;
      return controller;
    },
    settings() {
      const system = kube.objects('namespaces').find(({ metadata }) => metadata.name === 'kube-system');
      return { ...settings, clusterUid: system?.metadata.uid ?? '' };
    },
    async createNamespace(name) {
      await client.create(NAMESPACES, { apiVersion: 'v1', kind: 'Namespace', metadata: { name } }, signal.signal);
    },
    removeNamespace: (name) => client.delete({ ...NAMESPACES, name }, {}, signal.signal),
    apply(name, spec, annotations) {
      const object = {
        apiVersion: 'appaccess.dev/v1alpha1',
        kind: 'AppAccess',
        metadata: { ...nameOf(name), ...(annotations === undefined ? {} : { annotations }) },
        spec,
      };
      return client.apply<AppAccess>(pathOf(name), object, { fieldManager: 'test', force: true }, signal.signal);
    },
    createServiceAccount(name, annotations) {
      const metadata = { ...nameOf(name), ...(annotations === undefined ? {} : { annotations }) };
      const object = { apiVersion: 'v1', kind: 'ServiceAccount', metadata };
      return client.create({ ...SERVICE_ACCOUNTS, namespace: metadata.namespace }, object, signal.signal);
    },
    remove: (name) => client.delete(pathOf(name), {}, signal.signal),
    async removeByForce(name) {
      await client.delete(pathOf(name), {}, signal.signal);
      await client.patch(pathOf(name), { metadata: { finalizers: [] } }, 'merge', signal.signal);
    },
    async touch(name) {
      await requestPass(name);
    },
    async passOver(name) {
      const value = await requestPass(name);
      return world.until(name, ({ status }) => status?.lastHandledReconcileAt === value);
    },
    untilEvents: (reason, count) => untilEvents(client, reason, count, signal.signal),
    loseStatus: (name) => world.restoreStatus(name, undefined),
    async restoreStatus(name, status) {
      const found = await client.get<AppAccess>(pathOf(name), signal.signal);
      if (found === undefined) throw new Error(`AppAccess ${name} does not exist`);
      const { status: _, ...object } = found;
      const restored = status === undefined ? object : { ...object, status };
      await client.replace({ ...pathOf(name), subresource: 'status' }, restored, signal.signal);
    },
    async until(name, holds) {
      const [found] = await untilAll(client, [name], holds, signal.signal);
      if (found === undefined) throw new Error('no object was asked for');
      return found;
    },
    untilReady: (name) => world.untilReason(name, 'Succeeded'),
    untilReason: (name, reason) => world.until(name, (appAccess) => settledReason(appAccess) === reason),
    untilSettled: (names) =>
      untilAll(
        client,
        names,
        ({ metadata, status }) => status?.observedGeneration === metadata.generation,
        signal.signal,
      ),
    async untilGone(name) {
      await untilGone(client, name, signal.signal);
    },
    async getServiceAccount(name) {
      const found = await client.get<KubeObject>({ ...SERVICE_ACCOUNTS, ...nameOf(name) }, signal.signal);
      if (found === undefined) throw new Error(`service account ${name} does not exist`);
      return found;
    },
    untilAnnotated: (name, roleArn) => untilAnnotated(client, nameOf(name), roleArn, signal.signal),
    async advance(clock, ms) {
      for (let leftMs = ms; leftMs > 0; leftMs -= STEP_MS) {
        await clock.advance(Math.min(STEP_MS, leftMs));
        await untilQuiet(kube, aws);
      }
    },
    async stop() {
      await Promise.all(controllers.map((controller) => controller.stop()));
      signal.abort();
      await connection.close();
      await Promise.all([kube.stop(), aws.stop()]);
    },
  };
  return world;
}

const STEP_MS = 1_000;
/** Turns of the event loop without a request in which the next one of a pass would have come. */
const QUIET_TURNS = 25;

/** Resolves when neither server has been asked anything for a while and nothing is being answered. */
async function untilQuiet(kube: EmbeddedKube, aws: EmbeddedAws): Promise<void> {
  const asked = () => kube.requests().reduce((sum, { count }) => sum + count, 0) + aws.calls().length;
  let before = asked();
  for (let turns = 0; turns < QUIET_TURNS; turns += 1) {
    await settle();
    if (asked() === before && kube.pending() + aws.pending() === 0) continue;
    before = asked();
    turns = 0;
  }
}

function validateToday(object: unknown, old: unknown) {
  return validateAppAccess(object, old as AppAccess | undefined);
}

/** Reason of Ready once it speaks of the present generation. */
function settledReason({ metadata, status }: AppAccess): string | undefined {
  const ready = status?.conditions?.find((condition) => condition.type === 'Ready');
  return ready?.observedGeneration === metadata.generation ? ready?.reason : undefined;
}

const EVENTS: ResourcePath = { group: 'events.k8s.io', version: 'v1', plural: 'events' };
const NAMESPACES: ResourcePath = { group: '', version: 'v1', plural: 'namespaces' };

/** `namespace/name`, or a name in namespace default. */
function nameOf(name: string): { namespace: string; name: string } {
  const [namespace = '', bare] = name.split('/');
  return bare === undefined ? { namespace: 'default', name } : { namespace, name: bare };
}

async function untilAll(
  client: KubeClient,
  names: readonly string[],
  holds: (appAccess: AppAccess) => boolean,
  signal: AbortSignal,
): Promise<readonly AppAccess[]> {
  const keys = names.map(nameOf).map(keyOf);
  const found = new Map<string, AppAccess>();
  const look = (object: AppAccess) => {
    if (holds(object)) found.set(keyOf(object.metadata), object);
    else found.delete(keyOf(object.metadata));
  };
  const isComplete = () => keys.every((key) => found.has(key));
  const list = () => keys.flatMap((key) => found.get(key) ?? []);
  const page = await client.list<AppAccess>(APP_ACCESSES, {}, signal);
  page.items.forEach(look);
  if (isComplete()) return list();
  for await (const event of client.watch<AppAccess>(APP_ACCESSES, { resourceVersion: page.resourceVersion }, signal)) {
    if (event.type === 'ADDED' || event.type === 'MODIFIED') look(event.object);
    if (isComplete()) return list();
  }
  throw new Error('the watch ended early');
}

async function untilEvents(
  client: KubeClient,
  reason: string,
  count: number,
  signal: AbortSignal,
): Promise<readonly WorldEvent[]> {
  const page = await client.list<WorldEvent>(EVENTS, {}, signal);
  const found = new Map(page.items.map((event) => [event.metadata.name, event]));
  const matching = () => [...found.values()].filter((event) => event.reason === reason);
  if (matching().length >= count) return matching();
  const from = { resourceVersion: page.resourceVersion };
  for await (const event of client.watch<WorldEvent>(EVENTS, from, signal)) {
    if (event.type === 'ADDED' || event.type === 'MODIFIED') found.set(event.object.metadata.name, event.object);
    if (matching().length >= count) return matching();
  }
  throw new Error('the watch ended early');
}

async function untilAnnotated(
  client: KubeClient,
  { namespace, name }: { namespace: string; name: string },
  roleArn: string,
  signal: AbortSignal,
): Promise<void> {
  const path = { ...SERVICE_ACCOUNTS, namespace };
  const holds = ({ metadata }: AnnotatedObject) =>
    metadata.name === name && metadata.annotations?.[IRSA_ANNOTATION] === roleArn;
  const page = await client.list<AnnotatedObject>(path, {}, signal);
  if (page.items.some(holds)) return;
  for await (const event of client.watch<AnnotatedObject>(path, { resourceVersion: page.resourceVersion }, signal)) {
    if ((event.type === 'ADDED' || event.type === 'MODIFIED') && holds(event.object)) return;
  }
  throw new Error('the watch ended early');
}

async function untilGone(client: KubeClient, name: string, signal: AbortSignal): Promise<void> {
  const key = keyOf(nameOf(name));
  const page = await client.list<AppAccess>(APP_ACCESSES, {}, signal);
  if (!page.items.some(({ metadata }) => keyOf(metadata) === key)) return;
  for await (const event of client.watch<AppAccess>(APP_ACCESSES, { resourceVersion: page.resourceVersion }, signal)) {
    if (event.type === 'DELETED' && keyOf(event.object.metadata) === key) return;
  }
}

function keyOf({ namespace, name }: { namespace: string; name: string }): string {
  return `${namespace}/${name}`;
}
