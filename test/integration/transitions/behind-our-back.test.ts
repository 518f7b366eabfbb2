import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { AppAccess } from '../../../src/api/app-access.ts';
import { SERVICE_ACCOUNTS as SERVICE_ACCOUNT_PATH } from '../../../src/cli/controller/resource-paths.ts';
import type { RoleSnapshot } from '../../../src/dev/aws/snapshot.ts';
import { normalisePolicy } from '../../../src/policy/normalise-policy.ts';
import type { PolicyDocument } from '../../../src/policy/types.ts';
import { type EmbeddedWorld, startEmbeddedWorld } from '../../support/embedded-world.ts';
import { expectWorld } from '../../support/expected-world.ts';
import { SERVICE_ACCOUNTS, SUBJECTS } from './subject-specs.ts';

const IRSA = 'eks.amazonaws.com/role-arn';
const THEIRS = 'arn:aws:iam::123456789012:role/theirs';
const READ_ONLY = 'arn:aws:iam::aws:policy/ReadOnlyAccess';

let world: EmbeddedWorld;
let manifest: AppAccess;
beforeEach(async () => {
  world = await startEmbeddedWorld();
  for (const name of SERVICE_ACCOUNTS) await world.createServiceAccount(name);
  await world.startController();
});
afterEach(() => world.stop());

describe.each(SUBJECTS)('%s', (_, [first, second]) => {
  beforeEach(async () => {
    manifest = await world.apply('web', first);
    await world.untilReady('web');
  });

  test('its role deleted, another is made that is as the first was', async () => {
    deleteRole();
    await world.passOver('web');
    expectWorld(world, [manifest]);
    await world.remove('web');
    await world.untilGone('web');
    expectWorld(world, []);
  });

  test('its role deleted while the spec changes, another is made as the spec says now', async () => {
    deleteRole();
    manifest = await world.apply('web', second);
    await world.untilReady('web');
    expectWorld(world, [manifest]);
  });

  test('its role deleted and then the object, nothing is left', async () => {
    deleteRole();
    await world.remove('web');
    await world.untilGone('web');
    expectWorld(world, []);
  });

  test('everything of its role changed, all is as before', async () => {
    const { name: RoleName, trustPolicy } = role();
    as('UpdateAssumeRolePolicy', { PolicyDocument: JSON.stringify({ ...withAnybody(trustPolicy) }) });
    as('PutRolePolicy', { PolicyName: 'appaccess', PolicyDocument: adminPolicy() });
    as('UpdateRole', { Description: 'theirs', MaxSessionDuration: '7200' });
    as('TagRole', { Tags: [{ Key: 'TEAM', Value: 'theirs' }] });
    expect(role().name).toBe(RoleName);
    await world.passOver('web');
    expectWorld(world, [manifest]);
  });

  test.each([
    ['removed', ['appaccess.dev/name'], []],
    ['renamed', ['appaccess.dev/name'], [{ Key: 'appaccess.dev/alias', Value: 'web' }]],
    ['given to another', [], [{ Key: 'appaccess.dev/name', Value: 'other' }]],
  ])('its owner tags %s, nothing is written until they are back', async (__, TagKeys, Tags) => {
    if (TagKeys.length > 0) as('UntagRole', { TagKeys });
    if (Tags.length > 0) as('TagRole', { Tags });
    const before = world.aws.snapshot();
    await world.apply('web', second);
    const [refused] = await world.untilSettled(['web']);
    expect(readyOf(refused)).toMatchObject({ status: 'False' });
    expect(['RoleNotOwned', 'RoleNameTaken']).toContain(readyOf(refused)?.reason);
    expect(world.aws.snapshot()).toEqual(before);
    as('TagRole', { Tags: [{ Key: 'appaccess.dev/name', Value: 'web' }] });
    await world.touch('web');
    await world.untilReady('web');
    expectWorld(world, [{ ...manifest, spec: second as AppAccess['spec'] }]);
  });

  test("its role replaced by somebody else's of the same name, that one is left alone, also by a deletion", async () => {
    const ours = role();
    deleteRole();
    createTheirs(ours);
    const theirs = role();
    await world.touch('web');
    await world.untilReason('web', 'RoleReplaced');
    expect(role()).toEqual(theirs);
    await world.apply('web', second);
    await world.untilReason('web', 'RoleReplaced');
    expect(role()).toEqual(theirs);
    await world.remove('web');
    await world.untilGone('web');
    expect(world.aws.snapshot()).toEqual({ roles: [theirs], instanceProfiles: [], associations: [] });
  });
});

describe('the hand-over of a role', () => {
  test('an instance profile that was deleted is made again', async () => {
    await applied({ ec2: {} });
    const { name } = role();
    removeFromProfile(name);
    world.aws.actAsOther('DeleteInstanceProfile', { InstanceProfileName: name });
    await world.passOver('web');
    expectWorld(world, [manifest]);
  });

  test('an instance profile that was given another role gets ours back', async () => {
    await applied({ ec2: {} });
    const { name, trustPolicy } = role();
    world.aws.actAsOther('CreateRole', {
      RoleName: 'theirs',
      AssumeRolePolicyDocument: JSON.stringify(trustPolicy),
    });
    const theirs = world.aws.snapshot().roles.find((one) => one.name === 'theirs');
    removeFromProfile(name);
    world.aws.actAsOther('AddRoleToInstanceProfile', { InstanceProfileName: name, RoleName: 'theirs' });
    await world.passOver('web');
    const { id: _, trustPolicy: trust, ...rest } = theirs ?? role();
    const left = { ...rest, trustPolicy: normalisePolicy(trust as PolicyDocument) };
    expectWorld(world, [manifest], { adjust: (state) => ({ ...state, roles: [...state.roles, left] }) });
  });

  test('an association that was deleted is made again, and one that names another role is pointed at ours', async () => {
    await applied({ serviceAccount: { name: 'one' } });
    const { arn, trustPolicy } = role();
    const associationId = world.aws.snapshot().associations[0]?.id ?? '';
    world.aws.actAsOther('CreateRole', { RoleName: 'theirs', AssumeRolePolicyDocument: JSON.stringify(trustPolicy) });
    world.aws.actAsOtherInEks('UpdatePodIdentityAssociation', { clusterName: 'demo', associationId, roleArn: THEIRS });
    await world.passOver('web');
    expect(world.aws.snapshot().associations).toMatchObject([{ id: associationId, roleArn: arn }]);
    world.aws.actAsOther('DeleteRole', { RoleName: 'theirs' });
    world.aws.actAsOtherInEks('DeletePodIdentityAssociation', { clusterName: 'demo', associationId });
    await world.passOver('web');
    expectWorld(world, [manifest]);
  });

  test('an annotation that was removed is written again, without being asked', async () => {
    await applied({ serviceAccount: { name: 'one', via: ['IRSA'] } });
    await annotate('one', null);
    await world.untilAnnotated('one', role().arn);
    expectWorld(world, [manifest]);
  });

  test('a service account that was deleted and made again is annotated again, without being asked', async () => {
    await applied({ serviceAccount: { name: 'one', via: ['IRSA'] } });
    await world.client.delete({ ...SERVICE_ACCOUNT_PATH, namespace: 'default', name: 'one' }, {}, signal());
    await world.createServiceAccount('one');
    await world.untilAnnotated('one', role().arn);
    expectWorld(world, [manifest]);
  });

  test('an annotation that somebody else took over is left to him and named, and his going is noticed', async () => {
    await applied({ serviceAccount: { name: 'one', via: ['IRSA'] } });
    await annotate('one', THEIRS);
    await world.until('web', (object) => readyOf(object)?.reason === 'ServiceAccountAnnotated');
    expectWorld(world, [manifest], { adjust: (state) => ({ ...state, annotations: { 'default/one': THEIRS } }) });
    await annotate('one', null);
    await world.untilAnnotated('one', role().arn);
    await world.untilReady('web');
    expectWorld(world, [manifest]);
  });
});

async function applied(subject: object): Promise<void> {
  manifest = await world.apply('web', { subject, grants: [{ sqs: { queue: 'jobs', access: ['Consume'] } }] });
  await world.untilReady('web');
}

function role(): RoleSnapshot {
  const [found] = world.aws.snapshot().roles;
  if (found === undefined) throw new Error('there is no role');
  return found;
}

function as(action: string, parameters: Parameters<EmbeddedWorld['aws']['actAsOther']>[1]): void {
  world.aws.actAsOther(action, { RoleName: role().name, ...parameters });
}

function deleteRole(): void {
  const { name } = role();
  if (world.aws.snapshot().instanceProfiles.length > 0) removeFromProfile(name);
  as('DeleteRolePolicy', { PolicyName: 'appaccess' });
  as('DeleteRole', {});
}

function removeFromProfile(name: string): void {
  world.aws.actAsOther('RemoveRoleFromInstanceProfile', { InstanceProfileName: name, RoleName: name });
}

/** A role that looks like `ours` in everything but its id. */
function createTheirs(ours: RoleSnapshot): void {
  world.aws.actAsOther('CreateRole', {
    RoleName: ours.name,
    Path: ours.path,
    AssumeRolePolicyDocument: JSON.stringify(ours.trustPolicy),
    PermissionsBoundary: READ_ONLY,
    Tags: Object.entries(ours.tags).map(([Key, Value]) => ({ Key, Value })),
  });
}

function withAnybody(trustPolicy: unknown): object {
  const { Statement } = trustPolicy as { Statement: object[] };
  const anybody = { Effect: 'Allow', Principal: { AWS: '123456789012' }, Action: 'sts:AssumeRole' };
  return { Version: '2012-10-17', Statement: [...Statement, anybody] };
}

function adminPolicy(): string {
  return JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] });
}

async function annotate(name: string, roleArn: string | null): Promise<void> {
  const path = { ...SERVICE_ACCOUNT_PATH, namespace: 'default', name };
  await world.client.patch(path, { metadata: { annotations: { [IRSA]: roleArn } } }, 'merge', signal());
}

function readyOf(object: AppAccess | undefined) {
  return object?.status?.conditions?.find(({ type }) => type === 'Ready');
}

function signal(): AbortSignal {
  return new AbortController().signal;
}
