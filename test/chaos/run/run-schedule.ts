import { setTimeout as delay } from 'node:timers/promises';
import type { Fault } from '../schedule/fault.ts';
import type { Schedule } from '../schedule/schedule.ts';
import type { Replica } from '../world/replica.ts';
import type { ChaosWorld } from '../world/start-chaos-world.ts';
import type { User } from '../world/user.ts';

/** Who takes part in a run. */
export interface Players {
  readonly world: Pick<ChaosWorld, 'controlPlane'>;
  readonly replica: Replica;
  readonly user: User;
}

/** Does what `schedule` says when it says it; resolves when every fault is over and every action has ended. */
export async function runSchedule({ steps }: Schedule, players: Players): Promise<void> {
  const startedMs = performance.now();
  const faults: Promise<void>[] = [];
  for (const step of steps) {
    await delay(Math.max(0, step.atMs - (performance.now() - startedMs)));
    if (step.kind === 'User') players.user.begin(step.action);
    else faults.push(suffer(step.fault, players));
  }
  await Promise.all(faults);
  await players.user.done();
}

async function suffer(fault: Fault, { world: { controlPlane }, replica }: Players): Promise<void> {
  switch (fault.kind) {
    case 'Kubernetes':
      return during(replica.kube.begin(fault.fault), fault.forMs);
    case 'Aws':
      return during(replica.aws.begin(fault.fault), fault.forMs);
    case 'Kill':
      return replica.kill();
    case 'Halt':
      return during(replica.halt(), fault.forMs);
    case 'RestartApiServer': {
      const seeAgain = replica.kube.begin({ kind: 'StallWatches' });
      await delay(fault.blindMs);
      if (fault.compact) await controlPlane.compactEtcd();
      replica.kube.begin({ kind: 'ResetWatches' });
      const restarted = controlPlane.restartApiServer();
      seeAgain();
      return restarted;
    }
    default:
      return fault satisfies never;
  }
}

async function during(end: () => void, forMs: number): Promise<void> {
  await delay(forMs);
  end();
}
