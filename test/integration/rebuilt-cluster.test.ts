import { afterEach, beforeEach, expect, test } from 'vitest';
import type { AppAccess } from '../../src/api/app-access.ts';
import { actionsOf } from '../support/aws-actions.ts';
import { type EmbeddedWorld, startEmbeddedWorld } from '../support/embedded-world.ts';

const GRANTS = [{ s3: { bucket: 'invoices', prefix: 'uploads/', access: ['Write'] } }];
const SUBJECTS = {
  uploader: { lambda: { functionName: 'uploader' } },
  web: { ec2: {} },
  worker: { serviceAccount: { name: 'worker' } },
};
const NAMES = Object.keys(SUBJECTS);

/** Two clusters of one name, the second in the place of the first, and the account of both. */
let before: EmbeddedWorld;
let after: EmbeddedWorld;
beforeEach(async () => {
  before = await startEmbeddedWorld();
  after = await startEmbeddedWorld();
  await before.startController().then(async (controller) => {
    await applyAll(before);
    for (const name of NAMES) await before.untilReady(name);
    await controller.stop();
  });
  for (const name of NAMES) await before.removeByForce(name);
  before.aws.resetCalls();
});
afterEach(async () => {
  await after.stop();
  await before.stop();
});

const uidOf = (world: EmbeddedWorld) => world.settings().clusterUid ?? '';
const start = (predecessorUids: readonly string[]) =>
  after.startController({
    awsEndpoint: before.aws.url,
    settings: { ...after.controllerSettings, predecessorUids },
  });

test('a rebuilt cluster that names its predecessor takes over all that it made, with nothing deleted or made anew', async () => {
  const old = before.aws.snapshot();
  await start([uidOf(before)]);
  await applyAll(after);
  for (const name of NAMES) await after.untilReady(name);
  const now = before.aws.snapshot();
  expect(kept(now)).toEqual(kept(old));
  const uids = [...now.roles, ...now.instanceProfiles, ...now.associations].map(({ tags }) => tags[UID_TAG]);
  expect(uids).toEqual(uids.map(() => uidOf(after)));
  const writes = actionsOf(before.aws).filter((action) => !/^(Get|List|Describe|Create)/.test(action));
  expect(writes.sort()).toEqual(['TagInstanceProfile', 'TagResource', ...NAMES.map(() => 'TagRole')].sort());

  before.aws.resetCalls();
  for (const name of NAMES) await after.passOver(name);
  expect(actionsOf(before.aws).filter((action) => !/^(Get|List|Describe)/.test(action))).toEqual([]);
});

test('a rebuilt cluster that names no predecessor writes nothing, and says which setting to give', async () => {
  const old = before.aws.snapshot();
  const first = await start([]);
  await applyAll(after);
  for (const name of NAMES) {
    const told = await after.untilReason(name, 'RoleNameTaken');
    expect(messageOf(told)).toContain(`--predecessor-cluster-uids ${uidOf(before)}`);
  }
  expect(before.aws.snapshot()).toEqual(old);

  await first.stop();
  await start([uidOf(before)]);
  for (const name of NAMES) await after.untilReady(name);
  expect(kept(before.aws.snapshot())).toEqual(kept(old));
});

test('a role that was made anew since the status of its object was saved is left alone', async () => {
  const controller = await start([]);
  const object = await after.apply('uploader', { subject: SUBJECTS.uploader, grants: GRANTS });
  await after.untilReason('uploader', 'RoleNameTaken');
  await controller.stop();
  await after.restoreStatus('uploader', { ...object.status, role: { name: 'x', arn: 'arn:x', id: 'AROASAVED' } });
  const old = before.aws.snapshot();
  await start([uidOf(before)]);
  await after.untilReason('uploader', 'RoleReplaced');
  expect(before.aws.snapshot()).toEqual(old);
});

const UID_TAG = 'appaccess.dev/cluster-uid';

async function applyAll(world: EmbeddedWorld): Promise<void> {
  for (const [name, subject] of Object.entries(SUBJECTS)) await world.apply(name, { subject, grants: GRANTS });
}

/** What tells whether a thing is the one that it was. */
function kept({ roles, instanceProfiles, associations }: ReturnType<EmbeddedWorld['aws']['snapshot']>) {
  return {
    roles: roles.map(({ name, id, inlinePolicies }) => ({ name, id, inlinePolicies })),
    instanceProfiles: instanceProfiles.map(({ arn, roleNames }) => ({ arn, roleNames })),
    associations: associations.map(({ id, roleArn }) => ({ id, roleArn })),
  };
}

function messageOf({ status }: AppAccess): string {
  return status?.conditions?.find(({ type }) => type === 'Ready')?.message ?? '';
}
