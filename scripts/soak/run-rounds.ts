import { findViolations } from '../../test/chaos/run/find-violations.ts';
import { runSchedule } from '../../test/chaos/run/run-schedule.ts';
import type { FaultProfile } from '../../test/chaos/schedule/fault.ts';
import { drawSchedule } from '../../test/chaos/schedule/schedule.ts';
import { seededRandom } from '../../test/chaos/schedule/seed.ts';
import type { Replica } from '../../test/chaos/world/replica.ts';
import { startChaosWorld } from '../../test/chaos/world/start-chaos-world.ts';
import { createUser } from '../../test/chaos/world/user.ts';
import type { Round, Usage } from './round.ts';

/** About a minute with the time that the controller needs to settle. */
const ROUND_MS = 55_000;
const PROFILES: readonly FaultProfile[] = ['Wire', 'Process'];

/**
 * Rounds of about a minute over one world, faults of the wire and of the process in turn, until `limitMs` have passed. The
 * objects of one round are there when the next begins. Whoever iterates stops at a violation.
 */
export async function* runRounds(
  firstSeed: number,
  limitMs: number,
  report: (line: string) => void,
): AsyncGenerator<Round> {
  const startedMs = performance.now();
  const world = await startChaosWorld(report);
  try {
    const flags = ['--leader-elect', 'false'];
    const replica = await world.startReplica({ name: 'replica', random: seededRandom(firstSeed), flags });
    await replica.untilReady();
    const user = createUser(world.client);
    for (let number = 1; performance.now() - startedMs < limitMs; number += 1) {
      const seed = firstSeed + number - 1;
      const profile = PROFILES[seed % PROFILES.length] ?? 'Wire'; // so that the seed alone brings a round about again
      const schedule = drawSchedule(seed, ROUND_MS, profile);
      const undone = await runSchedule(schedule, { world, replicas: [replica], user });
      const violations = [...undone, ...(await findViolations(world, user.manifests()))];
      yield {
        number,
        seed,
        profile,
        hours: (performance.now() - startedMs) / 3_600_000,
        actions: schedule.steps.filter(({ kind }) => kind === 'User').length,
        faults: schedule.steps.filter(({ kind }) => kind === 'Fault').length,
        objects: user.manifests().length,
        kubeRequests: replica.kube.requests().length,
        awsRequests: replica.aws.requests().length,
        starts: replica.starts(),
        usage: await usageOf(replica),
        violations,
      };
      replica.kube.forgetRequests();
      replica.aws.forgetRequests();
    }
  } finally {
    await world.stop();
  }
}

async function usageOf(replica: Replica): Promise<Usage> {
  await replica.untilReady();
  const text = await replica.metrics();
  const bytes = (name: string) => Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1]);
  return {
    heapMiB: bytes('nodejs_heap_size_used_bytes') / MIB,
    residentMiB: bytes('process_resident_memory_bytes') / MIB,
  };
}

const MIB = 1024 * 1024;
