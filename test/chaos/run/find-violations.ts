import { AssertionError, deepStrictEqual } from 'node:assert';
import { setTimeout as delay } from 'node:timers/promises';
import type { AppAccess } from '../../../src/api/app-access.ts';
import { APP_ACCESSES } from '../../../src/cli/controller/resource-paths.ts';
import { expectedWorld, observedWorld, type WorldState } from '../../support/world-state.ts';
import { type AccountSnapshot, observeAccount } from '../world/observe-account.ts';
import { type ChaosWorld, listServiceAccounts } from '../world/start-chaos-world.ts';

/** Longer than any wait of the controller that a schedule can bring about. */
const SETTLE_TIMEOUT_MS = 150_000;
const LOOK_EVERY_MS = 500;

type Whole = Pick<AccountSnapshot, 'policyNames'> & { readonly state: WorldState };

/**
 * What is wrong once nothing disturbs the controller any more, in words; empty when every edit was seen and the world is,
 * whole, what `manifests` say and what was foreign before. It has as long for that as the controller may take: a service
 * account that was made again shows in no status before it is seen. Rejects with the signal's reason when that aborts.
 */
export async function findViolations(
  world: ChaosWorld,
  manifests: readonly AppAccess[],
  signal: AbortSignal = new AbortController().signal,
): Promise<readonly string[]> {
  const deadlineMs = performance.now() + SETTLE_TIMEOUT_MS;
  for (;;) {
    const unseen = await listUnseen(world, manifests, signal);
    const wrong = unseen.length > 0 ? unseen : compare(await observe(world), await expected(world, manifests));
    if (wrong.length === 0 || performance.now() > deadlineMs) return wrong;
    await delay(LOOK_EVERY_MS, undefined, { signal });
  }
}

async function listUnseen(
  { client }: ChaosWorld,
  manifests: readonly AppAccess[],
  signal: AbortSignal,
): Promise<readonly string[]> {
  const { items } = await client.list<AppAccess>(APP_ACCESSES, {}, signal);
  const wanted = new Map(manifests.map((manifest) => [manifest.metadata.name, manifest]));
  const left = items.filter(({ metadata }) => !wanted.has(metadata.name));
  const unsettled = [...wanted.keys()].filter((name) => {
    const found = items.find(({ metadata }) => metadata.name === name);
    return found === undefined || !isSettled(found);
  });
  return [
    ...left.map(({ metadata }) => `missed event: ${metadata.name} was deleted and is still there`),
    ...unsettled.map((name) => `missed event: ${describe(name, items)}`),
  ];
}

function isSettled({ metadata, status }: AppAccess): boolean {
  const ready = status?.conditions?.find(({ type }) => type === 'Ready');
  return status?.observedGeneration === metadata.generation && ready?.status === 'True';
}

function describe(name: string, items: readonly AppAccess[]): string {
  const found = items.find(({ metadata }) => metadata.name === name);
  if (found === undefined) return `${name} was applied and is gone`;
  const { metadata, status } = found;
  const conditions = JSON.stringify(status?.conditions ?? []);
  return `generation ${metadata.generation} of ${name} was not observed but ${status?.observedGeneration}: ${conditions}`;
}

async function observe({ iam, client }: ChaosWorld): Promise<Whole> {
  const account = await observeAccount(iam);
  const { items } = await listServiceAccounts(client);
  return { state: observedWorld(account, items), policyNames: account.policyNames };
}

async function expected(world: ChaosWorld, manifests: readonly AppAccess[]): Promise<Whole> {
  const { items } = await listServiceAccounts(world.client);
  const serviceAccounts = items.map(({ metadata }) => `${metadata.namespace}/${metadata.name}`);
  const foreign = observedWorld(world.foreign, []);
  const ours = expectedWorld(manifests, { settings: world.settings, serviceAccounts });
  return {
    policyNames: world.foreign.policyNames,
    state: {
      ...ours,
      roles: byName([...ours.roles, ...foreign.roles]),
      instanceProfiles: byName([...ours.instanceProfiles, ...foreign.instanceProfiles]),
    },
  };
}

function compare(observed: Whole, wanted: Whole): readonly string[] {
  try {
    deepStrictEqual(JSON.parse(JSON.stringify(observed)), JSON.parse(JSON.stringify(wanted)));
    return [];
  } catch (error) {
    if (!(error instanceof AssertionError)) throw error;
    return [`the world is not what the manifests say: ${error.message}`];
  }
}

function byName<T extends { readonly name: string }>(items: readonly T[]): readonly T[] {
  return [...items].sort((a, b) => (a.name < b.name ? -1 : 1));
}
