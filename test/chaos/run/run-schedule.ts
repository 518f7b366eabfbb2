import { setTimeout as delay } from 'node:timers/promises';
import type { Fault, Target } from '../schedule/fault.ts';
import type { Schedule } from '../schedule/schedule.ts';
import type { Replica } from '../world/replica.ts';
import type { ChaosWorld } from '../world/start-chaos-world.ts';
import type { User } from '../world/user.ts';

/** Who takes part in a run. */
export interface Players {
  readonly world: Pick<ChaosWorld, 'controlPlane'>;
  readonly replicas: readonly Replica[];
  readonly user: User;
}

/**
 * Does what `schedule` says when it says it. Resolves when every fault is over and every action has ended, with what users
 * could not do, in words. Rejects with the signal's reason when that aborts, once no fault is left.
 */
export async function runSchedule(
  { steps }: Schedule,
  players: Players,
  signal: AbortSignal = new AbortController().signal,
): Promise<readonly string[]> {
  const startedMs = performance.now();
  const faults: Promise<void>[] = [];
  try {
    for (const step of steps) {
      await delay(Math.max(0, step.atMs - (performance.now() - startedMs)), undefined, { signal });
      if (step.kind === 'User') players.user.begin(step.action);
      else faults.push(handled(suffer(step.fault, players, signal)));
    }
    await Promise.all(faults);
  } finally {
    await Promise.allSettled(faults);
  }
  return players.user.done();
}

/** A rejection is told by whoever awaits it, which is later. */
function handled<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => undefined);
  return promise;
}

async function suffer(fault: Fault, players: Players, signal: AbortSignal): Promise<void> {
  const { controlPlane } = players.world;
  switch (fault.kind) {
    case 'Kubernetes':
      return during(
        (await chosen(players, fault.target)).map(({ kube }) => kube.begin(fault.fault)),
        delay(fault.forMs, undefined, { signal }),
      );
    case 'Aws':
      return during(
        (await chosen(players, fault.target)).map(({ aws }) => aws.begin(fault.fault)),
        delay(fault.forMs, undefined, { signal }),
      );
    case 'Kill':
      await Promise.all((await chosen(players, fault.target)).map((replica) => replica.kill()));
      return;
    case 'Halt':
      return during(
        (await chosen(players, fault.target)).map((replica) => replica.halt()),
        delay(fault.forMs, undefined, { signal }),
      );
    case 'Block':
      for (const replica of await chosen(players, fault.target)) replica.block();
      return;
    case 'BlindTakeover': {
      const standbys = await chosen(players, 'Standby');
      const leaders = await chosen(players, 'Leader');
      const takeover = async () => {
        await delay(BLIND_MS, undefined, { signal });
        await Promise.all(leaders.map((replica) => replica.kill()));
        await delay(fault.forMs, undefined, { signal });
      };
      return during(
        standbys.map(({ kube }) => kube.begin({ kind: 'StallWatches' })),
        takeover(),
      );
    }
    case 'RestartApiServer': {
      const kill = async () => {
        await delay(fault.blindMs, undefined, { signal });
        if (fault.compact) await controlPlane.compactEtcd();
        for (const { kube } of players.replicas) kube.begin({ kind: 'ResetWatches' });
        return { restarted: controlPlane.restartApiServer() };
      };
      const { restarted } = await during(
        players.replicas.map(({ kube }) => kube.begin({ kind: 'StallWatches' })),
        kill(),
      );
      return restarted;
    }
    default:
      return fault satisfies never;
  }
}

/** How long a standby sees nothing of what its leader still does. */
const BLIND_MS = 2_000;

/** Nobody, while none of two replicas leads. */
async function chosen({ replicas }: Players, target: Target | undefined): Promise<readonly Replica[]> {
  if (target === undefined || replicas.length === 1) return replicas;
  const leads = await Promise.all(replicas.map((replica) => replica.isLeading()));
  if (!leads.includes(true)) return [];
  return replicas.filter((_, place) => leads[place] === (target === 'Leader'));
}

/** Calls `ends` once `over` is settled, for good or ill. */
async function during<T>(ends: readonly (() => void)[], over: Promise<T>): Promise<T> {
  try {
    return await over;
  } finally {
    for (const end of ends) end();
  }
}
