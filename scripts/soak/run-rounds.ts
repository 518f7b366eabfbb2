import { findViolations } from '../../test/chaos/run/find-violations.ts';
import { LeaseJudge } from '../../test/chaos/run/lease-judge.ts';
import { type Players, runSchedule } from '../../test/chaos/run/run-schedule.ts';
import { drawSchedule } from '../../test/chaos/schedule/schedule.ts';
import type { Replica } from '../../test/chaos/world/replica.ts';
import { RENEW_DEADLINE_MS, startReplicaPair } from '../../test/chaos/world/replica-pair.ts';
import { type ChaosWorld, startChaosWorld } from '../../test/chaos/world/start-chaos-world.ts';
import { createUser } from '../../test/chaos/world/user.ts';
import { MemoryWatch } from './memory-watch.ts';
import { profileOf } from './profile-of.ts';
import type { ReplicaAtEnd, Round } from './round.ts';

/** About a minute with the time that the controller needs to settle. */
const ROUND_MS = 55_000;

export interface SoakOptions {
  readonly firstSeed: number;
  readonly limitMs: number;
  report(line: string): void;
}

/**
 * Rounds of about a minute over one world with two replicas, until `limitMs` have passed or `signal` aborts, which leaves
 * the round of that moment out. The objects of one round are there when the next begins. Whoever iterates stops at a
 * violation.
 */
export async function* runRounds(options: SoakOptions, signal: AbortSignal): AsyncGenerator<Round> {
  const { firstSeed, limitMs, report } = options;
  const startedMs = performance.now();
  const elapsedMs = () => performance.now() - startedMs;
  const world = await startChaosWorld(report, { keepsRecentOnly: true });
  const lease = new LeaseJudge(world.controlPlane.auditLogPath, RENEW_DEADLINE_MS);
  const memory = new MemoryWatch();
  try {
    const replicas = await startReplicaPair(world, firstSeed);
    const players = { world, replicas, user: createUser(world.client, signal) };
    for (let number = 1; elapsedMs() < limitMs; number += 1) {
      const outcome = await playRound(firstSeed + number - 1, players, { lease, memory }, signal);
      yield { number, hours: elapsedMs() / 3_600_000, ...outcome };
      await world.shortenLogs();
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    await lease.close();
    await world.stop();
  }
}

interface Judges {
  readonly lease: LeaseJudge;
  readonly memory: MemoryWatch;
}

async function playRound(
  seed: number,
  players: Players & { readonly world: ChaosWorld },
  { lease, memory }: Judges,
  signal: AbortSignal,
): Promise<Omit<Round, 'number' | 'hours'>> {
  const { world, replicas, user } = players;
  const profile = profileOf(seed);
  const schedule = drawSchedule(seed, ROUND_MS, profile);
  const undone = await runSchedule(schedule, players, signal);
  const found = await findViolations(world, user.manifests(), signal);
  const count = (proxy: 'kube' | 'aws') => replicas.reduce((sum, replica) => sum + replica[proxy].requests().length, 0);
  const [kubeRequests, awsRequests] = [count('kube'), count('aws')];
  const { takeovers, violations } = await lease.judge(replicas); // which forgets the requests
  const atEnd = await Promise.all(replicas.map((replica) => lookAt(replica, memory)));
  return {
    seed,
    profile,
    actions: schedule.steps.filter(({ kind }) => kind === 'User').length,
    faults: schedule.steps.filter(({ kind }) => kind === 'Fault').length,
    takeovers,
    objects: user.manifests().length,
    kubeRequests,
    awsRequests,
    replicas: atEnd,
    violations: [...undone, ...found, ...violations, ...memory.violations()],
  };
}

async function lookAt(replica: Replica, memory: MemoryWatch): Promise<ReplicaAtEnd> {
  await replica.untilReady();
  const { pid, liveBytes, residentBytes } = await replica.memory();
  const liveMiB = liveBytes / MIB;
  const { name } = replica;
  const leads = await replica.isLeading();
  const age = memory.add({ replica: name, pid, leads, liveMiB });
  return { name, leads, starts: replica.starts(), age, liveMiB, residentMiB: residentBytes / MIB };
}

const MIB = 1024 * 1024;
