import { afterEach, beforeEach, expect, test } from 'vitest';
import { actionsOf } from '../support/aws-actions.ts';
import { type EmbeddedWorld, startEmbeddedWorld } from '../support/embedded-world.ts';

const READ_ONLY = 'arn:aws:iam::aws:policy/ReadOnlyAccess';
const ADMIN = 'arn:aws:iam::aws:policy/AdministratorAccess';
const spec = (role?: object) => ({
  subject: { ec2: {} },
  grants: [{ s3: { bucket: 'invoices', access: ['Get'] } }],
  ...(role === undefined ? {} : { role }),
});

let world: EmbeddedWorld;
beforeEach(async () => {
  world = await startEmbeddedWorld();
  await world.startController();
});
afterEach(() => world.stop());

test('everything that CreateRole can carry is in that one call', async () => {
  await world.apply(
    'web',
    spec({ description: 'first', maxSessionDuration: '2h', tags: { team: 'red' }, permissionsBoundary: READ_ONLY }),
  );
  await world.untilReady('web');
  expect(actionsOf(world.aws)).toEqual([
    'CreateRole',
    'PutRolePolicy',
    'CreateInstanceProfile',
    'AddRoleToInstanceProfile',
  ]);
  expect(role()).toMatchObject({
    description: 'first',
    maxSessionSeconds: 7200,
    permissionsBoundaryArn: READ_ONLY,
    tags: { team: 'red', 'appaccess.dev/name': 'web' },
  });
});

/** The tag before a boundary says that it is ours. */
test.each([
  ['description', { description: 'second' }, ['UpdateRole'], { description: 'second' }],
  ['session length', { maxSessionDuration: '3h' }, ['UpdateRole'], { maxSessionSeconds: 10_800 }],
  ['tags', { tags: { team: 'blue' } }, ['TagRole'], { tags: { team: 'blue' } }],
  [
    'boundary',
    { permissionsBoundary: ADMIN },
    ['TagRole', 'PutRolePermissionsBoundary'],
    { permissionsBoundaryArn: ADMIN },
  ],
])('a changed %s is one write, or two for a boundary', async (_, change, writes, wanted) => {
  const before = {
    description: 'first',
    maxSessionDuration: '2h',
    tags: { team: 'red' },
    permissionsBoundary: READ_ONLY,
  };
  await world.apply('web', spec(before));
  await world.untilReady('web');
  world.aws.resetCalls();
  await world.apply('web', spec({ ...before, ...change }));
  await settled();
  expect(writesMade()).toEqual(writes);
  expect(role()).toMatchObject(wanted);
});

test('settings that the spec no longer has go from the role', async () => {
  await world.apply('web', spec({ description: 'first', tags: { team: 'red' }, permissionsBoundary: READ_ONLY }));
  await world.untilReady('web');
  world.aws.resetCalls();
  await world.apply('web', spec());
  await settled();
  expect(writesMade()).toEqual(['UntagRole', 'UpdateRole', 'DeleteRolePermissionsBoundary', 'UntagRole']);
  expect(role()).toMatchObject({ description: '', permissionsBoundaryArn: undefined });
  expect(Object.keys(role()?.tags ?? {})).not.toContain('team');
});

function role() {
  return world.aws.snapshot().roles[0];
}

function settled() {
  return world.until('web', ({ metadata, status }) => status?.observedGeneration === metadata.generation);
}

function writesMade(): string[] {
  return actionsOf(world.aws).filter((action) => !/^(Get|List|Describe)/.test(action));
}
