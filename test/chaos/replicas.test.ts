import { afterAll, beforeAll, expect, test } from 'vitest';
import { LEASE_NAME } from '../../src/cli/controller/create-leadership.ts';
import { LEASES } from '../../src/cli/controller/resource-paths.ts';
import type { KubeObject } from '../../src/kube/kube-object.ts';
import { NAMESPACE } from '../e2e/world/installation.ts';
import { findViolations } from './run/find-violations.ts';
import { LeaseJudge } from './run/lease-judge.ts';
import { runSchedule } from './run/run-schedule.ts';
import { drawSchedule } from './schedule/schedule.ts';
import { rerunCommand, seedOf } from './schedule/seed.ts';
import { RENEW_DEADLINE_MS, startReplicaPair } from './world/replica-pair.ts';
import { type ChaosWorld, startChaosWorld } from './world/start-chaos-world.ts';
import { createUser } from './world/user.ts';

const DURATION_MS = 90_000;
const seed = seedOf(process.env);

let world: ChaosWorld;
beforeAll(async () => {
  console.log(`[chaos] ${rerunCommand(seed)}`);
  world = await startChaosWorld((line) => console.log(`[chaos] ${line}`));
});
afterAll(() => world.stop());

test('of two replicas whose leader dies, stops, hangs or is cut off, only the one that leads writes, and nothing is lost', async () => {
  const lease = new LeaseJudge(world.controlPlane.auditLogPath, RENEW_DEADLINE_MS);
  const replicas = await startReplicaPair(world, seed);
  const user = createUser(world.client);
  const remedy = `run it again by ${rerunCommand(seed)}`;
  expect(await runSchedule(drawSchedule(seed, DURATION_MS, 'Replicas'), { world, replicas, user }), remedy).toEqual([]);
  expect(await findViolations(world, user.manifests()), remedy).toEqual([]);
  await user.removeAll();
  expect(await findViolations(world, []), `${remedy}; after everything was deleted`).toEqual([]);

  const { writes, violations } = await lease.judge(replicas);
  await lease.close();
  expect(writes.length).toBeGreaterThan(100);
  expect(violations, remedy).toEqual([]);
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
