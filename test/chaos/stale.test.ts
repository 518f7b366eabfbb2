import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { AppAccess } from '../../src/api/app-access.ts';
import type { KubeConnection } from '../../src/kube/kube-connection.ts';
import { SERVICE_ACCOUNTS, SUBJECTS, type Versions } from '../integration/transitions/subject-specs.ts';
import { advanceUntil } from '../support/advance-until.ts';
import { type EmbeddedWorld, startEmbeddedWorld } from '../support/embedded-world.ts';
import { expectWorld } from '../support/expected-world.ts';
import { type FaultProxy, startFaultProxy } from '../support/fault-proxy/start-fault-proxy.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { plainConnection } from '../support/plain-connection.ts';

/*
 * A replica that restarts meets an API server whose cache is behind: it is shown what was, and acts on it. In the manner
 * of Sieve, https://www.usenix.org/conference/osdi22/presentation/sun
 */

const LISTS = ['/apis/appaccess.dev/v1alpha1/appaccesses', '/api/v1/serviceaccounts'];
const MINUTE_MS = 60_000;

/** What stands in the end, and the roles that were left by Retain. */
interface Outcome {
  readonly live: readonly AppAccess[];
  readonly released?: readonly AppAccess[];
}

interface Story {
  /** Up to the moment that the cache still shows. */
  past(versions: Versions): Promise<void>;
  /** What happened since. */
  since(versions: Versions): Promise<Outcome>;
}

const STORIES: Readonly<Record<string, Story>> = {
  'has since been edited': {
    past: ([first]) => ready(first),
    since: async ([, second]) => ({ live: [await applied(second)] }),
  },
  'has since been edited and suspended': {
    past: ([first]) => ready(first),
    async since([, second]) {
      const live = [await applied(second)];
      await world.apply('web', { ...second, suspend: true });
      await world.untilReason('web', 'Suspended');
      return { live };
    },
  },
  'has since gone': {
    past: ([first]) => ready(first),
    async since() {
      await world.remove('web');
      await world.untilGone('web');
      return { live: [] };
    },
  },
  'has since gone and left its role by Retain': {
    past: ([first]) => ready(first),
    async since([first]) {
      const retained = await applied({ ...first, deletionPolicy: 'Retain' });
      await world.remove('web');
      await world.untilGone('web');
      return { live: [], released: [retained] };
    },
  },
  'had no finalizer yet and has since gone': {
    async past([first]) {
      await stop();
      await world.apply('web', first);
    },
    async since() {
      await world.remove('web');
      await world.untilGone('web');
      return { live: [] };
    },
  },
  'has since gone and come again': {
    past: ([first]) => ready(first),
    async since([, second]) {
      await world.remove('web');
      await world.untilGone('web');
      return { live: [await applied(second)] };
    },
  },
  'was going, was set free by force and has come again, with the same role': {
    past: goingWithoutController,
    async since([, second]) {
      await world.removeByForce('web');
      await start();
      return { live: [await applied(second)] };
    },
  },
  'was going, was set to Retain and has gone': {
    past: goingWithoutController,
    async since([first]) {
      const retained = await world.apply('web', { ...first, deletionPolicy: 'Retain' });
      await start();
      await world.untilGone('web');
      return { live: [], released: [retained] };
    },
  },
};

let world: EmbeddedWorld;
let proxy: FaultProxy;
let throughProxy: KubeConnection;
let stop: () => Promise<void>;
beforeEach(async () => {
  world = await startEmbeddedWorld();
  proxy = await startFaultProxy({ server: world.kube.url, random: Math.random });
  throughProxy = plainConnection(proxy.url);
  for (const name of SERVICE_ACCOUNTS) await world.createServiceAccount(name);
  await start();
});
afterEach(async () => {
  await world.stop();
  await throughProxy.close();
  await proxy.stop();
});

describe.each(SUBJECTS)('%s, of which a restarted replica sees an old state', (_, versions) => {
  test.each(Object.keys(STORIES))('and which %s, stays as it is until the replica has caught up', async (name) => {
    const story = STORIES[name] as Story;
    await story.past(versions);
    await proxy.remember(LISTS);
    const { live, released = [] } = await story.since(versions);
    await stop();
    expectWorld(world, live, { released });

    const before = { aws: world.aws.snapshot(), objects: world.kube.objects('appaccesses') };
    const catchUp = proxy.begin({ kind: 'Stale' });
    const clock = new ManualClock();
    const replica = await world.startController({ connection: throughProxy, clock });
    await world.advance(clock, MINUTE_MS);
    expect({ aws: world.aws.snapshot(), objects: world.kube.objects('appaccesses') }).toEqual(before);

    catchUp();
    await advanceUntil(world, clock, () => expectWorld(world, live, { released }));
    await replica.stop();
  });
});

async function start(): Promise<void> {
  const controller = await world.startController();
  stop = () => controller.stop();
}

async function applied(spec: object): Promise<AppAccess> {
  const manifest = await world.apply('web', spec);
  await world.untilReady('web');
  return manifest;
}

async function ready(spec: object): Promise<void> {
  await applied(spec);
}

/** Asked to go while no controller runs. */
async function goingWithoutController([first]: Versions): Promise<void> {
  await ready(first);
  await stop();
  await world.remove('web');
}
