import { afterAll, beforeAll, expect, test } from 'vitest';
import { LEASE_NAME } from '../../src/cli/controller/create-leadership.ts';
import { LEASES } from '../../src/cli/controller/resource-paths.ts';
import type { KubeObject } from '../../src/kube/kube-object.ts';
import { leaseTiming } from '../../src/runtime/lease-election.ts';
import { NAMESPACE } from '../e2e/world/installation.ts';
import { findViolations } from './run/find-violations.ts';
import { leaseViolations } from './run/lease-violations.ts';
import { runSchedule } from './run/run-schedule.ts';
import { readLeaseWrites, sentWrites } from './run/sent-writes.ts';
import { PAST_LEASE_MS } from './schedule/fault.ts';
import { drawSchedule } from './schedule/schedule.ts';
import { rerunCommand, seededRandom, seedOf } from './schedule/seed.ts';
import { type ChaosWorld, startChaosWorld } from './world/start-chaos-world.ts';
import { createUser } from './world/user.ts';

const DURATION_MS = 90_000;
const LEASE_MS = 6_000;
const seed = seedOf(process.env);

let world: ChaosWorld;
beforeAll(async () => {
  console.log(`[chaos] ${rerunCommand(seed)}`);
  world = await startChaosWorld((line) => console.log(`[chaos] ${line}`));
});
afterAll(() => world.stop());

test('of two replicas whose leader dies, stops, hangs or is cut off, only the one that leads writes, and nothing is lost', async () => {
  const flags = ['--lease-namespace', NAMESPACE, '--lease-duration', `${LEASE_MS / 1000}s`];
  const replicas = await Promise.all(
    ['replica-a', 'replica-b'].map((name) =>
      world.startReplica({ name, random: seededRandom(seed), flags, blockMs: PAST_LEASE_MS }),
    ),
  );
  await Promise.all(replicas.map((replica) => replica.untilReady()));
  const user = createUser(world.client);
  const remedy = `run it again by ${rerunCommand(seed)}`;
  expect(await runSchedule(drawSchedule(seed, DURATION_MS, 'Replicas'), { world, replicas, user }), remedy).toEqual([]);
  expect(await findViolations(world, user.manifests()), remedy).toEqual([]);
  await user.removeAll();
  expect(await findViolations(world, []), `${remedy}; after everything was deleted`).toEqual([]);

  const leaseWrites = await readLeaseWrites(world.controlPlane.auditLogPath, replicas);
  const writes = replicas.flatMap(sentWrites);
  expect(writes.length).toBeGreaterThan(100);
  expect(leaseViolations(leaseWrites, writes, leaseTiming(LEASE_MS).renewDeadlineMs), remedy).toEqual([]);
  expect(await transitions(), remedy).toBeGreaterThanOrEqual(5);
});

/** How often the lease changed hands. */
async function transitions(): Promise<number> {
  const path = { ...LEASES, namespace: NAMESPACE, name: LEASE_NAME };
  const lease = await world.client.get<KubeObject & { spec: { leaseTransitions: number } }>(
    path,
    AbortSignal.timeout(10_000),
  );
  return lease?.spec.leaseTransitions ?? 0;
}
