import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { AppAccess } from '../../../src/api/app-access.ts';
import { type EmbeddedWorld, startEmbeddedWorld } from '../../support/embedded-world.ts';
import { expectWorld } from '../../support/expected-world.ts';
import { startDoomed } from './killed-controller.ts';
import { SERVICE_ACCOUNTS, SUBJECTS, type Versions } from './subject-specs.ts';

/** What happens to the object while no controller runs. */
const MEANWHILE = {
  nothing: async () => undefined,
  'an edit': async ([, , third]: Versions) => world.apply('web', third),
  'a deletion': async () => world.remove('web').then(() => undefined),
} as const;
type Meanwhile = keyof typeof MEANWHILE;

let world: EmbeddedWorld;
beforeEach(async () => {
  world = await startEmbeddedWorld();
  for (const name of SERVICE_ACCOUNTS) await world.createServiceAccount(name);
});
afterEach(() => world.stop());

describe.each(SUBJECTS)('%s, the controller killed before any of its steps', (_, versions) => {
  const [first, second] = versions;

  test.each(Object.keys(MEANWHILE) as Meanwhile[])('while it creates, then %s', async (meanwhile) => {
    await dieAtEveryStep(async () => ({ begin: () => world.apply('web', first), versions, meanwhile }));
  });

  test.each(Object.keys(MEANWHILE) as Meanwhile[])('while it changes everything, then %s', async (meanwhile) => {
    await dieAtEveryStep(async () => {
      await world.apply('web', first);
      await world.untilReady('web');
      return { begin: () => world.apply('web', second), versions, meanwhile };
    });
  });

  test('while it deletes', async () => {
    await dieAtEveryStep(async () => {
      await world.apply('web', first);
      await world.untilReady('web');
      return { begin: () => world.remove('web').then(() => undefined), versions, meanwhile: 'nothing' };
    });
  });
});

interface Transition {
  /** Returns what stands in the end, or nothing when the object goes. */
  begin(): Promise<AppAccess | undefined>;
  readonly versions: Versions;
  readonly meanwhile: Meanwhile;
}

/** Goes through the transition again and again, each time with a death one step later, until it ends before the death. */
async function dieAtEveryStep(prepare: () => Promise<Transition>): Promise<void> {
  let steps = 0;
  for (let died = true; died; steps++) died = await dieAtStep(steps + 1, prepare);
  expect(steps).toBeGreaterThan(3);
}

/** Whether the controller died before the transition had ended. */
async function dieAtStep(step: number, prepare: () => Promise<Transition>): Promise<boolean> {
  const doomed = await startDoomed(world);
  const { begin, versions, meanwhile } = await prepare();
  doomed.arm(step);
  const begun = await begin();
  const died = await Promise.race([doomed.dead.then(() => true), untilDone(begun).then(() => false)]);
  await doomed.stop();
  const edited = begun === undefined ? undefined : await MEANWHILE[meanwhile](versions);
  const final = begun === undefined || meanwhile === 'a deletion' ? undefined : (edited ?? begun);

  const next = await world.startController();
  await untilDone(final);
  expectWorld(world, final === undefined ? [] : [final], { context: `after a death before step ${step}` });
  if (final !== undefined) await world.remove('web');
  await world.untilGone('web');
  expectWorld(world, [], { context: `after the deletion that followed a death before step ${step}` });
  await next.stop();
  return died;
}

async function untilDone(manifest: AppAccess | undefined): Promise<void> {
  if (manifest === undefined) await world.untilGone('web');
  else await world.untilReady('web');
}
