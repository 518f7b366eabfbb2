import { leaseTiming } from '../../../src/runtime/lease-election.ts';
import { NAMESPACE } from '../../e2e/world/installation.ts';
import { PAST_LEASE_MS } from '../schedule/fault.ts';
import { seededRandom } from '../schedule/seed.ts';
import type { Replica } from './replica.ts';
import type { ChaosWorld } from './start-chaos-world.ts';

const LEASE_MS = 6_000;

/** After this long without a renewal no replica of {@link startReplicaPair} may write. */
export const RENEW_DEADLINE_MS = leaseTiming(LEASE_MS).renewDeadlineMs;

/** Two replicas that share a lease, both ready; a blocked one hangs for longer than that lasts. */
export async function startReplicaPair(
  world: Pick<ChaosWorld, 'startReplica'>,
  seed: number,
): Promise<readonly Replica[]> {
  const flags = ['--lease-namespace', NAMESPACE, '--lease-duration', `${LEASE_MS / 1000}s`];
  const replicas = await Promise.all(
    ['replica-a', 'replica-b'].map((name) =>
      world.startReplica({ name, random: seededRandom(seed), flags, blockMs: PAST_LEASE_MS }),
    ),
  );
  await Promise.all(replicas.map((replica) => replica.untilReady()));
  return replicas;
}
