import { afterEach, beforeEach, expect, test } from 'vitest';
import { actionsOf } from '../support/aws-actions.ts';
import { type EmbeddedWorld, startEmbeddedWorld } from '../support/embedded-world.ts';

const IRSA = 'eks.amazonaws.com/role-arn';
const GRANTS = [{ sqs: { queue: 'jobs', access: ['Consume'] } }];

let world: EmbeddedWorld;
beforeEach(async () => {
  world = await startEmbeddedWorld();
  await world.startController();
});
afterEach(() => world.stop());

test('EC2 gets an instance profile of the name and path of the role, after four AWS calls', async () => {
  await world.apply('web', { subject: { ec2: {} }, grants: GRANTS });
  const ready = await world.untilReady('web');
  expect(actions()).toEqual(['CreateRole', 'PutRolePolicy', 'CreateInstanceProfile', 'AddRoleToInstanceProfile']);
  const { roles, instanceProfiles } = world.aws.snapshot();
  expect(instanceProfiles).toMatchObject([{ name: roles[0]?.name, path: roles[0]?.path, roleNames: [roles[0]?.name] }]);
  expect(ready.status?.role?.instanceProfileArn).toBe(instanceProfiles[0]?.arn);
  await world.remove('web');
  await world.untilGone('web');
  expect(world.aws.snapshot()).toMatchObject({ roles: [], instanceProfiles: [] });
});

test('managed policies are attached, follow the spec, and go with the role by the calls that status leads to', async () => {
  const policy = (name: string) => ({ managedPolicy: { arn: `arn:aws:iam::aws:policy/${name}` } });
  const subject = { ec2: {} };
  await world.apply('web', { subject, grants: [policy('AmazonSSMManagedInstanceCore')] });
  const ready = await world.untilReady('web');
  expect(actions()).toEqual(['CreateRole', 'AttachRolePolicy', 'CreateInstanceProfile', 'AddRoleToInstanceProfile']);
  expect(ready.status?.role?.managedPolicyArns).toEqual(['arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore']);
  expect(world.aws.snapshot().roles).toMatchObject([{ inlinePolicies: {} }]);

  await world.apply('web', { subject, grants: [...GRANTS, policy('CloudWatchAgentServerPolicy')] });
  await world.until('web', ({ metadata, status }) => status?.observedGeneration === metadata.generation);
  expect(world.aws.snapshot().roles).toMatchObject([
    { attachedPolicyArns: ['arn:aws:iam::aws:policy/CloudWatchAgentServerPolicy'], inlinePolicies: { appaccess: {} } },
  ]);

  world.aws.resetCalls();
  await world.remove('web');
  await world.untilGone('web');
  expect(actions().filter((action) => action.startsWith('List'))).toEqual([]);
  expect(world.aws.snapshot()).toMatchObject({ roles: [], instanceProfiles: [] });
});

test('a managed policy that does not exist is named and waited for', async () => {
  const arn = 'arn:aws:iam::123456789012:policy/made-later';
  await world.apply('web', { subject: { ecsTask: {} }, grants: [...GRANTS, { managedPolicy: { arn } }] });
  const waiting = await world.untilReason('web', 'ManagedPolicyNotFound');
  expect(waiting.status?.conditions?.[0]?.message).toContain(arn);
  expect(waiting.status?.role?.id).toBe(world.aws.snapshot().roles[0]?.id);
});

test('a service account gets a Pod Identity association after three AWS calls, and loses it with the object', async () => {
  await world.apply('worker', { subject: { serviceAccount: { name: 'worker' } }, grants: GRANTS });
  const ready = await world.untilReady('worker');
  expect(actions()).toEqual(['CreateRole', 'PutRolePolicy', 'CreatePodIdentityAssociation']);
  const { roles, associations } = world.aws.snapshot();
  expect(associations).toMatchObject([
    { clusterName: 'demo', namespace: 'default', serviceAccount: 'worker', roleArn: roles[0]?.arn },
  ]);
  expect(ready.status?.role?.associationId).toBe(associations[0]?.id);
  await world.remove('worker');
  await world.untilGone('worker');
  expect(world.aws.snapshot()).toMatchObject({ roles: [], associations: [] });
});

test('the association moves when the subject names another service account', async () => {
  await world.apply('worker', { subject: { serviceAccount: { name: 'one' } }, grants: GRANTS });
  await world.untilReady('worker');
  await world.apply('worker', { subject: { serviceAccount: { name: 'two' } }, grants: GRANTS });
  await world.until('worker', ({ metadata, status }) => status?.observedGeneration === metadata.generation);
  expect(world.aws.snapshot().associations).toMatchObject([{ serviceAccount: 'two' }]);
});

test('a service account whose association belongs to somebody else is left alone', async () => {
  await world.apply('first', { subject: { serviceAccount: { name: 'worker' } }, grants: GRANTS });
  await world.untilReady('first');
  const { associations } = world.aws.snapshot();
  await world.apply('second', { subject: { serviceAccount: { name: 'worker' } }, grants: GRANTS });
  await world.untilReason('second', 'SubjectTaken');
  expect(world.aws.snapshot().associations).toEqual(associations);
});

test('IRSA annotates the existing service account and takes the annotation off again', async () => {
  await world.createServiceAccount('api');
  await world.apply('api', { subject: { serviceAccount: { name: 'api', via: ['IRSA'] } }, grants: GRANTS });
  const ready = await world.untilReady('api');
  expect((await world.getServiceAccount('api')).metadata.annotations).toEqual({ [IRSA]: ready.status?.role?.arn });
  await world.remove('api');
  await world.untilGone('api');
  expect((await world.getServiceAccount('api')).metadata.annotations ?? {}).toEqual({});
});

test('IRSA waits for a service account that does not exist and goes on when it appears', async () => {
  await world.apply('api', { subject: { serviceAccount: { name: 'api', via: ['IRSA'] } }, grants: GRANTS });
  await world.untilReason('api', 'ServiceAccountNotFound');
  await world.createServiceAccount('api');
  const ready = await world.untilReady('api');
  expect((await world.getServiceAccount('api')).metadata.annotations).toEqual({ [IRSA]: ready.status?.role?.arn });
});

test('IRSA annotates a service account that appears while AWS may still show what was there before', async () => {
  await world.stop();
  world = await startEmbeddedWorld();
  await world.startController({ echoGraceMs: 120_000 });
  await world.apply('api', { subject: { serviceAccount: { name: 'api', via: ['IRSA'] } }, grants: GRANTS });
  await world.createServiceAccount('api');
  const ready = await world.untilReady('api');
  expect(ready.status?.role?.name).toBe(world.aws.snapshot().roles[0]?.name);
  expect((await world.getServiceAccount('api')).metadata.annotations).toEqual({ [IRSA]: ready.status?.role?.arn });
});

test("IRSA never overwrites somebody else's annotation and names it", async () => {
  const theirs = 'arn:aws:iam::123456789012:role/theirs';
  await world.createServiceAccount('api', { [IRSA]: theirs });
  await world.apply('api', { subject: { serviceAccount: { name: 'api', via: ['IRSA'] } }, grants: GRANTS });
  const waiting = await world.untilReason('api', 'ServiceAccountAnnotated');
  expect(waiting.status?.conditions?.[0]?.message).toContain(theirs);
  expect((await world.getServiceAccount('api')).metadata.annotations).toEqual({ [IRSA]: theirs });
});

test('both ways at once while moving, then Pod Identity alone', async () => {
  await world.createServiceAccount('api');
  const spec = (via: string[]) => ({ subject: { serviceAccount: { name: 'api', via } }, grants: GRANTS });
  await world.apply('api', spec(['IRSA', 'PodIdentity']));
  await world.untilReady('api');
  expect(world.aws.snapshot().associations).toHaveLength(1);
  await world.apply('api', spec(['PodIdentity']));
  await world.until('api', ({ metadata, status }) => status?.observedGeneration === metadata.generation);
  expect((await world.getServiceAccount('api')).metadata.annotations ?? {}).toEqual({});
  expect(world.aws.snapshot().associations).toHaveLength(1);
});

function actions(): string[] {
  return actionsOf(world.aws);
}
