import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { AppAccess } from '../../../src/api/app-access.ts';
import { type EmbeddedWorld, startEmbeddedWorld } from '../../support/embedded-world.ts';
import { expectWorld } from '../../support/expected-world.ts';
import { SERVICE_ACCOUNTS, SUBJECTS } from './subject-specs.ts';

let world: EmbeddedWorld;
beforeEach(async () => {
  world = await startEmbeddedWorld();
  for (const name of SERVICE_ACCOUNTS) await world.createServiceAccount(name);
});
afterEach(() => world.stop());

describe.each(SUBJECTS)('%s', (_, [first, second, third]) => {
  test('suspended: edits and drift are left, and made good once it goes on', async () => {
    await world.startController();
    const applied = await ready('web', first);
    const before = world.aws.snapshot();
    await world.apply('web', { ...second, suspend: true });
    await world.untilReason('web', 'Suspended');
    expectWorld(world, [applied]);
    breakRole();
    const broken = world.aws.snapshot();
    expect(broken).not.toEqual(before);
    await world.passOver('web');
    expect(world.aws.snapshot()).toEqual(broken);
    await world.apply('web', { ...third, suspend: true });
    await world.untilReason('web', 'Suspended');
    expectWorld(world, [await ready('web', { ...third, suspend: false })]);
  });

  test('created suspended: nothing is made until it goes on, and a deletion before that leaves nothing', async () => {
    await world.startController();
    await world.apply('web', { ...first, suspend: true });
    await world.untilReason('web', 'Suspended');
    expectWorld(world, []);
    await world.remove('web');
    await world.untilGone('web');
    await world.apply('web', { ...first, suspend: true });
    await world.untilReason('web', 'Suspended');
    expectWorld(world, [await ready('web', { ...first, suspend: false })]);
  });

  test('deleted while suspended, everything goes', async () => {
    await world.startController();
    await ready('web', first);
    await world.apply('web', { ...second, suspend: true });
    await world.untilReason('web', 'Suspended');
    await world.remove('web');
    await world.untilGone('web');
    expectWorld(world, []);
  });

  test('retained, its role stays as it was; the same object takes it back, whatever it says now', async () => {
    await world.startController();
    const retained = await ready('web', { ...first, deletionPolicy: 'Retain' });
    const id = world.aws.snapshot().roles[0]?.id;
    await world.remove('web');
    await world.untilGone('web');
    expectWorld(world, [], { released: [retained] });
    for (const spec of [second, first, third]) {
      expectWorld(world, [await ready('web', { ...spec, deletionPolicy: 'Retain' })]);
      expect(world.aws.snapshot().roles[0]?.id).toBe(id);
      await world.remove('web');
      await world.untilGone('web');
    }
    await ready('web', first);
    await world.remove('web');
    await world.untilGone('web');
    expectWorld(world, []);
  });

  test('restored from a backup without status, nothing is written to AWS and status is as before', async () => {
    const controller = await world.startController();
    const manifest = await ready('web', first);
    const [before] = await world.untilSettled(['web']);
    await controller.stop();
    await world.loseStatus('web');
    const snapshot = world.aws.snapshot();
    world.aws.resetCalls();
    await world.startController();
    const restored = await world.untilReady('web');
    expect(restored.status?.role).toEqual(before?.status?.role);
    expect(world.aws.snapshot()).toEqual(snapshot);
    expect(writes()).toEqual(['CreateRole']); // the check whether there is a role, which is answered with yes
    expectWorld(world, [manifest]);
  });

  test('restored from a backup without status and with an older spec, the world is as that spec says', async () => {
    const controller = await world.startController();
    await ready('web', second);
    await controller.stop();
    await world.apply('web', first);
    await world.loseStatus('web');
    await world.startController();
    const manifest = await ready('web', first);
    expectWorld(world, [manifest]);
    await world.remove('web');
    await world.untilGone('web');
    expectWorld(world, []);
  });
});

describe('deleted and created again while no controller runs', () => {
  const specs = SUBJECTS.map(([subject, [first, second]]) => ({ subject, first, second }));
  const changes = specs.flatMap((before) =>
    specs.map((after) => [before.subject, after.subject, before, after] as const),
  );

  test.each(changes)('%s, then %s', async (_, __, before, after) => {
    const controller = await world.startController();
    await ready('web', before.first);
    await controller.stop();
    await world.removeByForce('web');
    await world.apply('web', after.second);
    await world.startController();
    const manifest = await ready('web', after.second);
    expectWorld(world, [manifest]);
    await world.remove('web');
    await world.untilGone('web');
    expectWorld(world, []);
  });
});

test('a deleted namespace takes the roles of its objects with it, and no others', async () => {
  await world.startController();
  await world.createNamespace('team');
  for (const name of SERVICE_ACCOUNTS) await world.createServiceAccount(`team/${name}`);
  const [lambda, ec2, podIdentity, irsa] = SUBJECTS.map(([, [first]]) => first) as [object, object, object, object];
  const kept = await ready('web', lambda);
  await Promise.all([
    ready('team/lambda', lambda),
    ready('team/ec2', ec2),
    ready('team/pod-identity', podIdentity),
    ready('team/irsa', { ...irsa, subject: { serviceAccount: { name: 'two', via: ['IRSA'] } } }),
  ]);
  await world.removeNamespace('team');
  await Promise.all(['lambda', 'ec2', 'pod-identity', 'irsa'].map((name) => world.untilGone(`team/${name}`)));
  expectWorld(world, [kept]);
  expect(world.kube.objects('namespaces').map(({ metadata }) => metadata.name)).not.toContain('team');
});

async function ready(name: string, spec: object): Promise<AppAccess> {
  const manifest = await world.apply(name, spec);
  await world.untilSettled([name]);
  await world.untilReady(name);
  return manifest;
}

function breakRole(): void {
  const RoleName = world.aws.snapshot().roles[0]?.name ?? '';
  world.aws.actAsOther('DeleteRolePolicy', { RoleName, PolicyName: 'appaccess' });
  world.aws.actAsOther('UntagRole', { RoleName, TagKeys: ['team'] });
}

function writes(): readonly string[] {
  const actions = world.aws.calls().map(({ action }) => action);
  return actions.filter((action) => !/^(Get|List|Describe)/.test(action));
}
