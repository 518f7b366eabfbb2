import type { AppAccess } from '../../src/api/app-access.ts';
import { appAccessCrd } from '../../src/api/custom-resource-definition.ts';
import { validateAppAccess } from '../../src/api/validate-app-access.ts';
import { type Clock, systemClock } from '../../src/base/clock.ts';
import { silentLogger } from '../../src/base/logger.ts';
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
import { createMetrics } from '../../src/telemetry/metrics.ts';
import { ACCOUNT } from './builders.ts';
import { type ManualClock, settle } from './manual-clock.ts';
import { plainConnection } from './plain-connection.ts';

export const CLUSTER = 'demo';
export const REGION = 'eu-west-1';
export const OIDC_ISSUER = 'https://oidc.eks.eu-west-1.amazonaws.com/id/0123456789ABCDEF';

/** Both embedded servers, a client of each, and controllers that are started on demand. */
export interface EmbeddedWorld {
  readonly kube: EmbeddedKube;
  readonly aws: EmbeddedAws;
  readonly client: KubeClient;
  /** What controllers are started with unless told otherwise. */
  readonly settings: ControllerParts['settings'];
  /** `awaitReady: false` returns while it still starts. */
  startController(change?: Partial<ControllerParts> & { awaitReady?: boolean }): Promise<RunningController>;
  /** Server-side apply of an AppAccess in namespace default, as a user would. */
  apply(name: string, spec: object, annotations?: Readonly<Record<string, string>>): Promise<AppAccess>;
  createServiceAccount(name: string, annotations?: Readonly<Record<string, string>>): Promise<KubeObject>;
  remove(name: string): Promise<void>;
  /** The object once `holds` is true of it; waits on a watch. */
  until(name: string, holds: (appAccess: AppAccess) => boolean): Promise<AppAccess>;
  untilReady(name: string): Promise<AppAccess>;
  /** Waits for Ready with `status` and `reason` at the present generation. */
  untilReason(name: string, reason: string): Promise<AppAccess>;
  untilGone(name: string): Promise<void>;
  getServiceAccount(name: string): Promise<KubeObject & { metadata: { annotations?: Record<string, string> } }>;
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
    /** Instead of that of this version. */
    crds?: readonly object[];
    validate?: ValidateObject;
    /** Of the Kubernetes API, which sends bookmarks and ends watches by it. */
    kubeClock?: Clock;
  } = {},
): Promise<EmbeddedWorld> {
  const {
    region = REGION,
    crds = [appAccessCrd()],
    validate = validateToday,
    kubeClock = systemClock,
    ...awsOptions
  } = options;
  process.env.AWS_ACCESS_KEY_ID = 'dummy';
  process.env.AWS_SECRET_ACCESS_KEY = 'dummy';
  const kube = await startKubeServer({
    port: 0,
    crds,
    validate,
    clock: kubeClock,
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
  const pathOf = (name: string): ResourcePath => ({ ...APP_ACCESSES, namespace: 'default', name });

  const world: EmbeddedWorld = {
    kube,
    aws,
    client,
    settings: {
      partition: partitionOfRegion(region),
      accountId: ACCOUNT,
      region,
      clusterName: CLUSTER,
      oidcIssuer: OIDC_ISSUER,
    },
    async startController(change = {}) {
      const controller = startController({
        connection,
        settings: world.settings,
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
      if (change.awaitReady !== false) await controller.ready;
      return controller;
    },
    apply(name, spec, annotations) {
      const object = {
        apiVersion: 'appaccess.dev/v1alpha1',
        kind: 'AppAccess',
        metadata: { name, namespace: 'default', ...(annotations === undefined ? {} : { annotations }) },
        spec,
      };
      return client.apply<AppAccess>(pathOf(name), object, { fieldManager: 'test', force: true }, signal.signal);
    },
    createServiceAccount(name, annotations) {
      const metadata = { name, namespace: 'default', ...(annotations === undefined ? {} : { annotations }) };
      const object = { apiVersion: 'v1', kind: 'ServiceAccount', metadata };
      return client.create({ ...SERVICE_ACCOUNTS, namespace: 'default' }, object, signal.signal);
    },
    remove: (name) => client.delete(pathOf(name), {}, signal.signal),
    until: (name, holds) => untilHolds(client, name, holds, signal.signal),
    untilReady: (name) => world.untilReason(name, 'Succeeded'),
    untilReason: (name, reason) => world.until(name, (appAccess) => settledReason(appAccess) === reason),
    async untilGone(name) {
      await untilGone(client, name, signal.signal);
    },
    async getServiceAccount(name) {
      const found = await client.get<KubeObject>({ ...SERVICE_ACCOUNTS, namespace: 'default', name }, signal.signal);
      if (found === undefined) throw new Error(`service account ${name} does not exist`);
      return found;
    },
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

async function untilHolds(
  client: KubeClient,
  name: string,
  holds: (appAccess: AppAccess) => boolean,
  signal: AbortSignal,
): Promise<AppAccess> {
  const path = { ...APP_ACCESSES, namespace: 'default' };
  const page = await client.list<AppAccess>(path, {}, signal);
  const listed = page.items.find((item) => item.metadata.name === name);
  if (listed !== undefined && holds(listed)) return listed;
  for await (const event of client.watch<AppAccess>(path, { resourceVersion: page.resourceVersion }, signal)) {
    if (event.type !== 'ADDED' && event.type !== 'MODIFIED') continue;
    if (event.object.metadata.name === name && holds(event.object)) return event.object;
  }
  throw new Error('the watch ended early');
}

async function untilGone(client: KubeClient, name: string, signal: AbortSignal): Promise<void> {
  const path = { ...APP_ACCESSES, namespace: 'default' };
  const page = await client.list<AppAccess>(path, {}, signal);
  if (!page.items.some((item) => item.metadata.name === name)) return;
  for await (const event of client.watch<AppAccess>(path, { resourceVersion: page.resourceVersion }, signal)) {
    if (event.type === 'DELETED' && event.object.metadata.name === name) return;
  }
}
