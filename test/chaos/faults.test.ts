import { afterAll, beforeAll, expect, test } from 'vitest';
import { findViolations } from './run/find-violations.ts';
import { runSchedule } from './run/run-schedule.ts';
import { drawSchedule, type FaultProfile } from './schedule/schedule.ts';
import { rerunCommand, seededRandom, seedOf } from './schedule/seed.ts';
import type { Replica } from './world/replica.ts';
import { type ChaosWorld, startChaosWorld } from './world/start-chaos-world.ts';
import { createUser } from './world/user.ts';

const DURATION_MS = 60_000;
const seed = seedOf(process.env);

let world: ChaosWorld;
beforeAll(async () => {
  console.log(`[chaos] ${rerunCommand(seed)}`);
  world = await startChaosWorld((line) => console.log(`[chaos] ${line}`));
});
afterAll(() => world.stop());

test('whatever fails on the wire, one process sees every edit, and the world ends as the manifests say', async () => {
  const replica = await run('Wire');
  expect(replica.starts(), await replica.describe()).toBe(1);
});

test('whenever the process is killed, the next ones end in the world that the manifests say', async () => {
  const replica = await run('Process');
  expect(replica.starts()).toBeGreaterThan(5);
});

/** Nothing foreign is touched either, since the account is compared whole. */
async function run(profile: FaultProfile): Promise<Replica> {
  const name = `replica-${profile.toLowerCase()}`;
  const replica = await world.startReplica({ name, random: seededRandom(seed), flags: ['--leader-elect', 'false'] });
  await replica.untilReady();
  const user = createUser(world.client);
  const remedy = `run it again by ${rerunCommand(seed)}`;
  const schedule = drawSchedule(seed, DURATION_MS, profile);
  expect(await runSchedule(schedule, { world, replicas: [replica], user }), remedy).toEqual([]);
  expect(await findViolations(world, user.manifests()), remedy).toEqual([]);
  await user.removeAll();
  expect(await findViolations(world, []), `${remedy}; after everything was deleted`).toEqual([]);
  await replica.stop();
  return replica;
}
