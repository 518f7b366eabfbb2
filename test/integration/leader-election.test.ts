import { afterEach, beforeEach, expect, test } from 'vitest';
import { LEASE_NAME } from '../../src/cli/controller/create-leadership.ts';
import { LEASES } from '../../src/cli/controller/resource-paths.ts';
import type { KubeObject } from '../../src/kube/kube-object.ts';
import { createMetrics } from '../../src/telemetry/metrics.ts';
import { type EmbeddedWorld, startEmbeddedWorld } from '../support/embedded-world.ts';
import { startFaultProxy } from '../support/fault-proxy/start-fault-proxy.ts';
import { JumpClock } from '../support/jump-clock.ts';
import { settle } from '../support/manual-clock.ts';
import { plainConnection } from '../support/plain-connection.ts';
import { recordingLogger } from '../support/recording-logger.ts';

const LAMBDA = {
  subject: { lambda: { functionName: 'uploader' } },
  grants: [{ s3: { bucket: 'invoices', prefix: 'uploads/', access: ['Write'] } }],
};
/** The longest time between two tries. */
const RETRY_MS = 2_400;
const LEASE = { namespace: 'default', durationMs: 15_000 };

let world: EmbeddedWorld;
const closers: (() => Promise<void>)[] = [];

beforeEach(async () => {
  world = await startEmbeddedWorld();
});

afterEach(async () => {
  await world.stop();
  for (const close of closers.splice(0)) await close();
});

test('one replica leads, and another stands by: ready, with warm caches, and without a single write', async () => {
  const first = await startReplica();
  await first.controller.leading;
  const second = await startReplica();
  await world.apply('uploader', LAMBDA);
  await world.untilReady('uploader');
  await until(() => second.controller.isReady());
  expect([first.controller.isLeading(), second.controller.isLeading()]).toEqual([true, false]);
  expect([await first.masterStatus(), await second.masterStatus()]).toEqual([1, 0]);
  expect(second.writes()).toEqual([]);
  expect((await leaseOf(world)).spec).toMatchObject({ leaseDurationSeconds: 15, leaseTransitions: 0 });
});

test('a leader that stops gives up the lease, and the next goes on from its own caches', async () => {
  const first = await startReplica();
  await first.controller.leading;
  const second = await startReplica();
  await until(() => second.controller.isReady());
  await world.apply('uploader', LAMBDA);
  await world.untilReady('uploader');
  const readsBefore = second.reads().length;
  await first.controller.stop();
  expect((await leaseOf(world)).spec).toMatchObject({ holderIdentity: '' });
  await world.remove('uploader');
  await second.untilLeading();
  await world.untilGone('uploader');
  expect(world.aws.snapshot().roles).toEqual([]);
  expect(second.reads().slice(readsBefore)).toEqual([
    '/apis/appaccess.dev/v1alpha1/namespaces/default/appaccesses/uploader',
  ]);
  expect((await leaseOf(world)).spec).toMatchObject({ leaseTransitions: 1 });
});

test('a leader that stood still between two writes writes nothing more, and the next finishes what it began', async () => {
  const first = await startReplica();
  await first.controller.leading;
  const second = await startReplica();
  let callsAtStall = 0;
  let writesAtStall = 0;
  world.aws.onCall = ({ action }, moment) => {
    if (action !== 'CreateRole' || moment !== 'done' || callsAtStall > 0) return;
    callsAtStall = world.aws.calls().length;
    writesAtStall = first.writes().length;
    first.clock.jump(10_000);
  };
  await world.apply('uploader', LAMBDA);
  await first.controller.lost;
  await until(() => first.log.lines.some(({ message }) => message === 'pass failed and will be retried'));
  expect([first.controller.isLeading(), await first.masterStatus()]).toEqual([false, 0]);
  await first.controller.stop();
  expect(world.aws.calls().slice(callsAtStall)).toEqual([]);
  expect(first.writes().slice(writesAtStall)).toEqual([]);

  await second.untilLeading();
  await world.untilReady('uploader');
  const [role] = world.aws.snapshot().roles;
  expect(world.aws.snapshot().roles.length).toBe(1);
  expect(role?.inlinePolicies).toMatchObject({ appaccess: expect.anything() });
});

test('a replica that cannot reach the lease stands by, says so once, and leads as soon as it can', async () => {
  world.kube.failAlways('get', 'leases', 403);
  const only = await startReplica();
  await until(() => only.controller.isReady());
  for (let tries = 0; tries < 20; tries += 1) {
    only.clock.jump(RETRY_MS);
    await settle();
  }
  expect(only.controller.isLeading()).toBe(false);
  world.kube.mend();
  await only.untilLeading();
});

interface Replica {
  readonly controller: Awaited<ReturnType<EmbeddedWorld['startController']>>;
  readonly clock: JumpClock;
  readonly log: ReturnType<typeof recordingLogger>;
  /** `PATCH /path` of every write to Kubernetes so far but those of the lease. */
  writes(): readonly string[];
  /** Paths of its reads so far, those of the lease apart. */
  reads(): readonly string[];
  masterStatus(): Promise<number | undefined>;
  /** Puts its clock on, try by try, until it leads. */
  untilLeading(): Promise<void>;
}

async function startReplica(): Promise<Replica> {
  const clock = new JumpClock();
  const log = recordingLogger();
  const proxy = await startFaultProxy({ server: world.kube.url, random: Math.random });
  const connection = plainConnection(proxy.url);
  closers.push(async () => {
    await connection.close();
    await proxy.stop();
  });
  const tries = () => proxy.requests().filter(({ path }) => path.includes('/leases')).length;
  const others = () => proxy.requests().filter(({ path }) => !path.includes('/leases'));
  const metrics = createMetrics({ controller: 'appaccess', processMetrics: false });
  const controller = await world.startController({ connection, clock, log, metrics, lease: LEASE, awaitReady: false });
  return {
    controller,
    clock,
    log,
    writes: () => others().flatMap(({ method, path }) => (method === 'GET' ? [] : [`${method} ${path}`])),
    reads: () => others().flatMap(({ method, path }) => (method === 'GET' ? [path] : [])),
    async masterStatus() {
      const metric = await metrics.registry.getSingleMetric('leader_election_master_status')?.get();
      return metric?.values.find(({ labels }) => labels.name === LEASE_NAME)?.value;
    },
    async untilLeading() {
      while (!controller.isLeading()) {
        const before = tries();
        clock.jump(RETRY_MS);
        await until(() => tries() > before || controller.isLeading()); // the request has a time limit by that clock too
      }
    },
  };
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await settle();
}

function leaseOf({ client }: EmbeddedWorld) {
  const path = { ...LEASES, namespace: 'default', name: LEASE_NAME };
  return client.get<KubeObject & { spec?: object }>(path, AbortSignal.timeout(10_000)).then((lease) => {
    if (lease === undefined) throw new Error('there is no lease');
    return lease;
  });
}
