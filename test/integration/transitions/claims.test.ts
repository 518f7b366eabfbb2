import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { AppAccess } from '../../../src/api/app-access.ts';
import { type EmbeddedWorld, startEmbeddedWorld } from '../../support/embedded-world.ts';
import { expectWorld } from '../../support/expected-world.ts';

const GRANTS = [{ sqs: { queue: 'jobs', access: ['Consume'] } }];
const account = (name: string, ...via: string[]) => ({
  subject: { serviceAccount: { name, ...(via.length === 0 ? {} : { via }) } },
  grants: GRANTS,
});
const named = (name: string) => ({ subject: { lambda: { functionName: 'f' } }, grants: GRANTS, role: { name } });

let world: EmbeddedWorld;
beforeEach(async () => {
  world = await startEmbeddedWorld();
  await world.createServiceAccount('shared');
  await world.createServiceAccount('spare');
});
afterEach(() => world.stop());

const WAYS = [
  ['by Pod Identity', ['PodIdentity'], ['PodIdentity']],
  ['by IRSA', ['IRSA'], ['IRSA']],
  ['one by Pod Identity and one by IRSA', ['PodIdentity'], ['IRSA']],
  ['one by IRSA and one by Pod Identity', ['IRSA'], ['PodIdentity']],
] as const;

describe.each(WAYS)('two objects for one service account, %s', (_, ways, otherWays) => {
  test('the first one has it, and the second stalls, names it and makes nothing', async () => {
    await world.startController();
    const holder = await applied('a', account('shared', ...ways));
    await world.apply('b', account('shared', ...otherWays));
    expect(messageOf(await world.untilReason('b', 'SubjectTaken'))).toContain('AppAccess default/a');
    expectWorld(world, [holder]);
  });

  test('of two that nobody has served yet, the older one gets it', async () => {
    const older = await world.apply('a', account('shared', ...ways));
    await world.apply('b', account('shared', ...otherWays));
    await world.startController();
    await world.untilReady('a');
    await world.untilReason('b', 'SubjectTaken');
    expectWorld(world, [older]);
  });

  test('the second one gets it as soon as the holder is deleted', async () => {
    await world.startController();
    await applied('a', account('shared', ...ways));
    const waiting = await world.apply('b', account('shared', ...otherWays));
    await world.untilReason('b', 'SubjectTaken');
    await world.remove('a');
    await world.untilReady('b');
    await world.untilGone('a');
    expectWorld(world, [waiting]);
  });

  test('the second one gets it as soon as the holder names another', async () => {
    await world.startController();
    await applied('a', account('shared', ...ways));
    const waiting = await world.apply('b', account('shared', ...otherWays));
    await world.untilReason('b', 'SubjectTaken');
    const moved = await world.apply('a', account('spare', ...ways));
    await world.untilReady('b');
    await world.untilReady('a');
    expectWorld(world, [moved, waiting]);
  });

  test('an older one that comes to it later does not take it from the holder', async () => {
    await world.startController();
    const older = await applied('a', account('spare', ...ways));
    const holder = await applied('b', account('shared', ...otherWays));
    await world.apply('a', account('shared', ...ways));
    await world.untilReason('a', 'SubjectTaken');
    expectWorld(world, [older, holder]);
  });

  test('after a restore from a backup without status, the one that has it in AWS keeps it', async () => {
    const controller = await world.startController();
    const older = await applied('a', account('spare', ...ways));
    const holder = await applied('b', account('shared', ...otherWays));
    await controller.stop();
    await world.apply('a', account('shared', ...ways));
    await world.loseStatus('a');
    await world.loseStatus('b');
    await world.startController();
    await world.untilReady('b');
    await world.untilReason('a', 'SubjectTaken');
    expectWorld(world, [older, holder]);
  });
});

describe('two objects for one role name', () => {
  test('the older one has it, whatever the case, and the second stalls, names it and makes nothing', async () => {
    const older = await world.apply('a', named('Worker'));
    await world.apply('b', named('worker'));
    await world.startController();
    await world.untilReady('a');
    expect(messageOf(await world.untilReason('b', 'RoleNameTaken'))).toContain('AppAccess default/a');
    expectWorld(world, [older]);
  });

  test('a holder of another namespace is not named', async () => {
    await world.createNamespace('a-team');
    const holder = await world.apply('a-team/a', named('worker'));
    await world.apply('b', named('worker'));
    await world.startController();
    await world.untilReady('a-team/a');
    const message = messageOf(await world.untilReason('b', 'RoleNameTaken'));
    expect(message).toContain('another namespace');
    expect(message).not.toContain('a-team/a');
    expectWorld(world, [holder]);
  });

  test('the second one gets it as soon as the holder is deleted', async () => {
    await world.startController();
    await applied('a', named('worker'));
    const waiting = await world.apply('b', named('Worker'));
    await world.untilReason('b', 'RoleNameTaken');
    await world.remove('a');
    await world.untilReady('b');
    expectWorld(world, [waiting]);
  });

  test('a holder that retains its role keeps the name even when it is gone', async () => {
    await world.startController();
    const holder = await applied('a', { ...named('worker'), deletionPolicy: 'Retain' });
    await world.apply('b', named('worker'));
    await world.untilReason('b', 'RoleNameTaken');
    await world.remove('a');
    await world.untilGone('a');
    await world.passOver('b');
    expectWorld(world, [], { released: [holder] });
  });
});

async function applied(name: string, spec: object): Promise<AppAccess> {
  const manifest = await world.apply(name, spec);
  await world.untilReady(name);
  return manifest;
}

function messageOf({ status }: AppAccess): string {
  return status?.conditions?.find(({ type }) => type === 'Ready')?.message ?? '';
}
