import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { AppAccess } from '../../src/api/app-access.ts';
import { SERVICE_ACCOUNTS as ACCOUNT_PATH, APP_ACCESSES } from '../../src/cli/controller/resource-paths.ts';
import type { KubeConnection } from '../../src/kube/kube-connection.ts';
import { SERVICE_ACCOUNTS, SUBJECTS, type Versions } from '../integration/transitions/subject-specs.ts';
import { advanceUntil } from '../support/advance-until.ts';
import { type EmbeddedWorld, startEmbeddedWorld } from '../support/embedded-world.ts';
import { expectWorld } from '../support/expected-world.ts';
import type { ProxyFault } from '../support/fault-proxy/proxy-fault.ts';
import { type FaultProxy, startFaultProxy } from '../support/fault-proxy/start-fault-proxy.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { plainConnection } from '../support/plain-connection.ts';

/*
 * What came and went while the controller was blind: it sees the two ends and none of what lay between. In the manner of
 * Sieve, https://www.usenix.org/conference/osdi22/presentation/sun
 */

const signal = new AbortController().signal;

/** What happens between two looks; returns what stands then. */
type Unseen = (versions: Versions) => Promise<AppAccess>;

const UNSEEN: Readonly<Record<string, Unseen>> = {
  'changed and changed back': async ([first, second]) => {
    await world.apply('web', second);
    return world.apply('web', first);
  },
  'changed twice': async ([, second, third]) => {
    await world.apply('web', second);
    return world.apply('web', third);
  },
  'deleted by force and made again as it was': async ([first]) => {
    await world.removeByForce('web');
    return world.apply('web', first);
  },
  'deleted by force and made again otherwise': async ([, second]) => {
    await world.removeByForce('web');
    return world.apply('web', second);
  },
  'freed of its finalizer and changed': async ([, second]) => {
    const path = { ...APP_ACCESSES, namespace: 'default', name: 'web' };
    await world.client.patch(path, { metadata: { finalizers: [] } }, 'merge', signal);
    return world.apply('web', second);
  },
};

interface Blindness {
  readonly fault: ProxyFault;
  /** The API server forgets the versions of that time, so that it takes a list to go on. */
  readonly forgets: boolean;
}

/** How the controller goes blind. */
const BLINDNESS: Readonly<Record<string, Blindness>> = {
  'the watch stood still': { fault: { kind: 'StallWatches' }, forgets: false },
  'the watch broke and its version had expired': {
    fault: { kind: 'Freeze', thenClose: true },
    forgets: true,
  },
  'the watch was open at one end only': {
    fault: { kind: 'HalfOpenWatches' },
    forgets: false,
  },
};

let world: EmbeddedWorld;
let proxy: FaultProxy;
let connection: KubeConnection;
let clock: ManualClock;
beforeEach(async () => {
  world = await startEmbeddedWorld();
  proxy = await startFaultProxy({ server: world.kube.url, random: Math.random });
  connection = plainConnection(proxy.url);
  clock = new ManualClock();
  for (const name of SERVICE_ACCOUNTS) await world.createServiceAccount(name);
  await world.startController({ connection, clock });
});
afterEach(async () => {
  await world.stop();
  await connection.close();
  await proxy.stop();
});

describe.each(Object.keys(BLINDNESS))('while %s', (blindness) => {
  describe.each(SUBJECTS)('%s', (_, versions) => {
    test.each(Object.keys(UNSEEN))('%s, ends as its last manifest says, without a resync', async (name) => {
      await world.apply('web', versions[0]);
      await world.untilReady('web');
      const manifest = await unseen(blindness, () => (UNSEEN[name] as Unseen)(versions));
      await advanceUntil(world, clock, async () => {
        expectWorld(world, [manifest]);
        expect(await observedGeneration()).toBe(manifest.metadata.generation);
      });
      await world.remove('web');
      await world.untilGone('web');
      expectWorld(world, []);
    });
  });

  test('a service account that went and came again has its annotation again, without a resync', async () => {
    const spec = {
      subject: { serviceAccount: { name: 'one', via: ['IRSA'] } },
      grants: [{ sqs: { queue: 'jobs', access: ['Consume'] } }],
    };
    const manifest = await world.apply('web', spec);
    await world.untilReady('web');
    expectWorld(world, [manifest]);
    await unseen(blindness, async () => {
      await world.client.delete({ ...ACCOUNT_PATH, namespace: 'default', name: 'one' }, {}, signal);
      await world.createServiceAccount('one');
      return manifest;
    });
    await advanceUntil(world, clock, () => expectWorld(world, [manifest]));
  });
});

async function unseen(blindness: string, happen: () => Promise<AppAccess>): Promise<AppAccess> {
  const { fault, forgets } = BLINDNESS[blindness] as Blindness;
  const end = proxy.begin(fault);
  const manifest = await happen();
  await world.advance(clock, 10_000);
  if (forgets) world.kube.expireWatches();
  end();
  return manifest;
}

async function observedGeneration(): Promise<number | undefined> {
  const path = { ...APP_ACCESSES, namespace: 'default', name: 'web' };
  return (await world.client.get<AppAccess>(path, signal))?.status?.observedGeneration;
}
