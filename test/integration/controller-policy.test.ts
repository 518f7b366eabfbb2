import { afterEach, beforeEach, expect, test } from 'vitest';
import { type AccountFacts, authorizationRequests } from '../support/authorization-requests.ts';
import { ACCOUNT } from '../support/builders.ts';
import { controllerTemplate } from '../support/controller-policy.ts';
import { CLUSTER, type EmbeddedWorld, REGION, startEmbeddedWorld } from '../support/embedded-world.ts';
import { isAllowed } from '../support/evaluate-policy.ts';

const BOUNDARY = 'arn:aws:iam::aws:policy/ReadOnlyAccess';
const OTHER = 'arn:aws:iam::aws:policy/AdministratorAccess';
const LISTED = 'arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess';
const PREDECESSOR = '0b0c3b1e-0000-4000-8000-000000000001';
const GRANTS = [{ s3: { bucket: 'invoices', prefix: 'uploads/', access: ['Write'] } }];

let world: EmbeddedWorld;
/** What the policy does not allow of what the controller asks for: `iam:PassRole arn:…`. */
let denied: string[];
beforeEach(async () => {
  world = await startEmbeddedWorld();
  denied = [];
});
afterEach(() => world.stop());

/** From now on every call of the controller is judged by `deploy/aws/cloudformation.yaml`, as it comes in. */
async function judge(parameters: Readonly<Record<string, string>>): Promise<void> {
  const uid = (await world.client.get({ group: '', version: 'v1', plural: 'namespaces', name: 'kube-system' }, never()))
    ?.metadata.uid;
  const { policy } = await controllerTemplate({ ClusterName: CLUSTER, ClusterUid: uid ?? '', ...parameters });
  world.aws.onCall = (call, moment) => {
    if (moment !== 'received') return;
    const facts: AccountFacts = { accountId: ACCOUNT, region: REGION, before: world.aws.snapshot() };
    for (const request of authorizationRequests(call, facts)) {
      if (!isAllowed(policy, request)) denied.push(`${request.action} ${request.resource}`);
    }
  };
}

/** Role, policies and hand-over made, changed in every setting, broken by others, mended, kept, taken back, deleted. */
async function live(role: Readonly<Record<string, unknown>>): Promise<void> {
  await world.startController();
  const subjects = { web: { ec2: {} }, worker: { serviceAccount: { name: 'one' } } };
  const attached = { managedPolicy: { arn: LISTED } };
  for (const [name, subject] of Object.entries(subjects)) {
    await world.apply(name, { subject, grants: [...GRANTS, attached], role });
    await world.untilReady(name);
  }
  await world.apply('worker', { subject: { serviceAccount: { name: 'two' } }, grants: GRANTS, role });
  await world.untilReady('worker');
  const changed = { ...role, description: 'changed', maxSessionDuration: '2h', tags: { team: 'red' } };
  await world.apply('web', {
    subject: subjects.web,
    grants: [{ s3: { bucket: 'other', access: ['Get'] } }],
    role: changed,
  });
  await world.untilReady('web');
  breakRole('web');
  await world.apply('web', { subject: subjects.web, grants: GRANTS, role, deletionPolicy: 'Retain' });
  await world.untilReady('web');
  await world.remove('web');
  await world.untilGone('web');
  await world.apply('web', { subject: subjects.web, grants: GRANTS, role });
  await world.untilReady('web');
  for (const name of Object.keys(subjects)) {
    await world.remove(name);
    await world.untilGone(name);
  }
}

/** Foreign policies and a foreign tag, and the trust and the permissions taken away. */
function breakRole(name: string): void {
  const RoleName = roleOf(name);
  world.aws.actAsOther('AttachRolePolicy', { RoleName, PolicyArn: OTHER });
  world.aws.actAsOther('CreatePolicy', { PolicyName: 'foreign', PolicyDocument: document('s3:*') });
  world.aws.actAsOther('AttachRolePolicy', { RoleName, PolicyArn: `arn:aws:iam::${ACCOUNT}:policy/foreign` });
  world.aws.actAsOther('DeleteRolePolicy', { RoleName, PolicyName: 'appaccess' });
  world.aws.actAsOther('PutRolePolicy', { RoleName, PolicyName: 'foreign', PolicyDocument: document('s3:*') });
  world.aws.actAsOther('UpdateAssumeRolePolicy', { RoleName, PolicyDocument: foreignTrust() });
  world.aws.actAsOther('TagRole', { RoleName, Tags: [{ Key: 'foreign', Value: 'tag' }] });
}

test('with a boundary the policy lets a role live from its creation to its deletion', async () => {
  await judge({ BoundaryArns: BOUNDARY, AttachablePolicyArns: LISTED });
  await live({ permissionsBoundary: BOUNDARY });
  expect({ denied, ...world.aws.snapshot() }).toEqual({
    denied: [],
    roles: [],
    instanceProfiles: [],
    associations: [],
  });
});

test('without a boundary the policy lets one be set, changed and taken off', async () => {
  await judge({ AttachablePolicyArns: 'arn:aws:iam::aws:policy/AmazonS3*' });
  await live({});
  await world.apply('bound', { subject: { ec2: {} }, grants: GRANTS, role: { permissionsBoundary: BOUNDARY } });
  await world.untilReady('bound');
  await world.apply('bound', { subject: { ec2: {} }, grants: GRANTS, role: { permissionsBoundary: OTHER } });
  await world.untilReady('bound');
  await world.apply('bound', { subject: { ec2: {} }, grants: GRANTS });
  await world.untilReady('bound');
  expect(denied).toEqual([]);
  expect(world.aws.calls().map(({ action }) => action)).toContain('DeleteRolePermissionsBoundary');
});

test('the policy lets what a predecessor of the cluster made be taken over, and be deleted', async () => {
  await judge({});
  const before = await world.startController();
  const subjects = { web: { ec2: {} }, worker: { serviceAccount: { name: 'one' } } };
  for (const [name, subject] of Object.entries(subjects)) await world.apply(name, { subject, grants: GRANTS });
  for (const name of Object.keys(subjects)) await world.untilReady(name);
  await before.stop();
  giveToCluster(PREDECESSOR);
  for (const name of Object.keys(subjects)) await world.remove(name);
  await world.startController({ settings: { ...world.controllerSettings, predecessorUids: [PREDECESSOR] } });
  for (const name of Object.keys(subjects)) await world.untilGone(name);
  expect({ denied, ...world.aws.snapshot() }).toEqual({
    denied: [],
    roles: [],
    instanceProfiles: [],
    associations: [],
  });
});

test('a managed policy that is not listed is denied', async () => {
  await judge({});
  await world.startController();
  await world.apply('listed', { subject: { ec2: {} }, grants: [...GRANTS, { managedPolicy: { arn: LISTED } }] });
  await world.untilReady('listed');
  expect(denied).toEqual([expect.stringMatching(/^iam:AttachRolePolicy /)]);
});

test('with a boundary a manifest that names none is denied, at the first call', async () => {
  await judge({ BoundaryArns: BOUNDARY });
  await world.startController();
  await world.apply('free', { subject: { ec2: {} }, grants: GRANTS });
  await world.untilReady('free');
  expect(denied[0]).toMatch(/^iam:CreateRole arn:aws:iam::\d+:role\/appaccess\/demo\/default\/default-free-/);
});

/** Puts the uid of another cluster into the tags of all that there is, as if that one had made it. */
function giveToCluster(uid: string): void {
  const Tags = [{ Key: 'appaccess.dev/cluster-uid', Value: uid }];
  const { roles, instanceProfiles, associations } = world.aws.snapshot();
  for (const { name } of roles) world.aws.actAsOther('TagRole', { RoleName: name, Tags });
  for (const { name } of instanceProfiles)
    world.aws.actAsOther('TagInstanceProfile', { InstanceProfileName: name, Tags });
  for (const { arn } of associations) {
    world.aws.actAsOtherInEks('TagResource', { resourceArn: arn, tags: { 'appaccess.dev/cluster-uid': uid } });
  }
}

function roleOf(name: string): string {
  const found = world.aws.snapshot().roles.find((role) => role.tags['appaccess.dev/name'] === name);
  if (found === undefined) throw new Error(`${name} has no role`);
  return found.name;
}

function document(action: string): string {
  return JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: action, Resource: '*' }] });
}

function foreignTrust(): string {
  const statement = { Effect: 'Allow', Principal: { AWS: '210987654321' }, Action: 'sts:AssumeRole' };
  return JSON.stringify({ Version: '2012-10-17', Statement: [statement] });
}

function never(): AbortSignal {
  return new AbortController().signal;
}
