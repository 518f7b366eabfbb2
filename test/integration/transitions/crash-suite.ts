import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { AppAccess } from '../../../src/api/app-access.ts';
import { type EmbeddedWorld, startEmbeddedWorld } from '../../support/embedded-world.ts';
import { expectWorld } from '../../support/expected-world.ts';
import { type CrashPoint, startDoomed } from './killed-controller.ts';
import { SERVICE_ACCOUNTS, SUBJECTS, type Versions } from './subject-specs.ts';

/** What happens to the object while no controller runs. */
const MEANWHILE = {
  nothing: async () => undefined,
  'an edit': async ([, , third]: Versions) => world.apply('web', third),
  'a deletion': async () => world.remove('web').then(() => undefined),
} as const;
type Meanwhile = keyof typeof MEANWHILE;

interface Transition {
  /** Returns what stands in the end, or nothing when the object goes. */
  begin(): Promise<AppAccess | undefined>;
  readonly versions: Versions;
  readonly meanwhile: Meanwhile;
  /** What an object that goes leaves behind. */
  readonly released?: readonly AppAccess[];
}

let world: EmbeddedWorld;

/**
 * Kills a controller at every step that it takes to create, change, delete and release an object of every subject, one
 * step a run, and lets a fresh one go on over the same world: that must end exactly as the manifests say.
 */
export function crashSuite(moment: CrashPoint['moment']): void {
  beforeEach(async () => {
    world = await startEmbeddedWorld();
    for (const name of SERVICE_ACCOUNTS) await world.createServiceAccount(name);
  });
  afterEach(() => world.stop());

  describe.each(SUBJECTS)(`%s, the controller killed ${moment.toLowerCase()} any of its steps`, (_, versions) => {
    const [first, second] = versions;

    test.each(Object.keys(MEANWHILE) as Meanwhile[])('while it creates, then %s', async (meanwhile) => {
      await dieAtEveryStep(moment, async () => ({ begin: () => world.apply('web', first), versions, meanwhile }));
    });

    test.each(Object.keys(MEANWHILE) as Meanwhile[])('while it changes everything, then %s', async (meanwhile) => {
      await dieAtEveryStep(moment, async () => {
        await world.apply('web', first);
        await world.untilReady('web');
        return { begin: () => world.apply('web', second), versions, meanwhile };
      });
    });

    test('while it deletes', async () => {
      await dieAtEveryStep(moment, async () => {
        await world.apply('web', first);
        await world.untilReady('web');
        return { begin: removal, versions, meanwhile: 'nothing' };
      });
    });

    test('while it releases what is to be retained', async () => {
      await dieAtEveryStep(moment, async () => {
        const retained = await world.apply('web', { ...first, deletionPolicy: 'Retain' });
        await world.untilReady('web');
        return { begin: removal, versions, meanwhile: 'nothing', released: [retained] };
      });
    });
  });
}

const removal = () => world.remove('web').then(() => undefined);

/** Goes through the transition again and again, each time with a death one step later, until it ends before the death. */
async function dieAtEveryStep(moment: CrashPoint['moment'], prepare: () => Promise<Transition>): Promise<void> {
  let steps = 0;
  for (let died = true; died; steps++) died = await dieAt({ moment, step: steps + 1 }, prepare);
  expect(steps).toBeGreaterThan(2);
}

/** Whether the controller died before the transition had ended. */
async function dieAt(point: CrashPoint, prepare: () => Promise<Transition>): Promise<boolean> {
  const doomed = await startDoomed(world);
  const { begin, versions, meanwhile, released = [] } = await prepare();
  doomed.arm(point);
  const begun = await begin();
  const died = await Promise.race([doomed.dead.then(() => true), untilDone(begun).then(() => false)]);
  await doomed.stop();
  const edited = begun === undefined ? undefined : await MEANWHILE[meanwhile](versions);
  const final = begun === undefined || meanwhile === 'a deletion' ? undefined : (edited ?? begun);

  const context = `a death ${point.moment.toLowerCase()} step ${point.step}`;
  const next = await world.startController();
  await untilDone(final);
  expectWorld(world, final === undefined ? [] : [final], { released, context: `after ${context}` });
  if (final === undefined && released.length > 0) await world.apply('web', versions[0]).then(untilDone);
  if (final !== undefined || released.length > 0) await world.remove('web');
  await world.untilGone('web');
  expectWorld(world, [], { context: `after the deletion that followed ${context}` });
  await next.stop();
  return died;
}

async function untilDone(manifest: AppAccess | undefined): Promise<void> {
  if (manifest === undefined) await world.untilGone('web');
  else await world.untilReady('web');
}
