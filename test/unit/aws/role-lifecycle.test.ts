import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createAwsGateway } from '../../../src/aws/aws-gateway.ts';
import { createCallLimiter } from '../../../src/aws/call-limiter.ts';
import { silentLogger } from '../../../src/base/logger.ts';
import { lostAnswer } from '../../../src/dev/aws/faults.ts';
import { startAwsServer } from '../../../src/dev/aws/start-aws-server.ts';
import type { DesiredRole, PolicyDocument } from '../../../src/policy/types.ts';
import type { AwsPort } from '../../../src/reconcile/ports.ts';
import { ManualClock } from '../../support/manual-clock.ts';

const signal = new AbortController().signal;
const stops: (() => Promise<void>)[] = [];

beforeEach(() => {
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIAEXAMPLE');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'secret');
});
afterEach(async () => {
  vi.unstubAllEnvs();
  for (const stop of stops.splice(0)) await stop();
});

/** The gateway over the embedded AWS, whose lists have one row a page. */
async function start() {
  const clock = new ManualClock();
  const aws = await startAwsServer({
    port: 0,
    accountId: '111122223333',
    region: 'eu-west-1',
    clusters: ['prod'],
    clock,
    pageLimit: 1,
  });
  const gateway = createAwsGateway({
    region: 'eu-west-1',
    endpoint: aws.url,
    accountId: '111122223333',
    limiter: createCallLimiter({ clock, concurrency: 4 }),
    clock,
    log: silentLogger,
  });
  stops.push(gateway.close, aws.stop);
  const port: AwsPort = gateway;
  return { port, aws };
}

const podTrust: PolicyDocument = {
  Version: '2012-10-17',
  Statement: [
    {
      Effect: 'Allow',
      Principal: { Service: 'pods.eks.amazonaws.com' },
      Action: ['sts:AssumeRole', 'sts:TagSession'],
    },
  ],
};
const permissions: PolicyDocument = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: 's3:PutObject', Resource: 'arn:aws:s3:::invoices/100%+/é/*' }],
};
const desired: DesiredRole = {
  name: 'billing-uploader',
  path: '/appaccess/prod/billing/',
  trust: podTrust,
  inline: {},
  managedPolicyArns: [],
  tags: { team: 'billing' },
  description: 'Uploads files',
  maxSessionSeconds: 7200,
};

test('what was written to a role is what is read, over as many pages as it takes', async () => {
  const { port } = await start();
  const created = await port.createRole(desired, signal);
  await port.putInlinePolicy(desired.name, 'a', permissions, signal);
  await port.putInlinePolicy(desired.name, 'b', permissions, signal);
  const { inline: _inline, managedPolicyArns: _arns, trust, ...settings } = desired;
  const role = await port.getRole(desired.name, signal);
  expect(created).toEqual({ kind: 'Created', arn: role?.arn, id: role?.id });
  expect(role).toMatchObject({ ...settings, trust: { Version: trust.Version } });
  expect(await port.listInlinePolicyNames(desired.name, signal)).toEqual(['a', 'b']);
  expect(await port.getInlinePolicy(desired.name, 'b', signal)).toEqual(permissions);
  expect(await port.createRole(desired, signal)).toEqual({ kind: 'AlreadyExists' });
});

test('description and tags follow, and a cleared description is absent', async () => {
  const { port } = await start();
  await port.createRole(desired, signal);
  await port.updateRole(desired.name, { description: '', maxSessionSeconds: 3600 }, signal);
  await port.tagRole(desired.name, { owner: 'x' }, signal);
  await port.untagRole(desired.name, ['team'], signal);
  const role = await port.getRole(desired.name, signal);
  expect(role).toMatchObject({ tags: { owner: 'x' }, maxSessionSeconds: 3600 });
  expect(role).not.toHaveProperty('description');
});

test('a managed policy is attached once, however often it is asked for, and detached again', async () => {
  const { port } = await start();
  const arn = 'arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore';
  await port.createRole(desired, signal);
  await port.attachManagedPolicy(desired.name, arn, signal);
  await port.attachManagedPolicy(desired.name, arn, signal);
  expect(await port.listAttachedPolicyArns(desired.name, signal)).toEqual([arn]);
  await port.detachManagedPolicy(desired.name, arn, signal);
  await port.detachManagedPolicy(desired.name, arn, signal);
  expect(await port.listAttachedPolicyArns(desired.name, signal)).toEqual([]);
});

test('a managed policy that does not exist is waited for by its name', async () => {
  const { port } = await start();
  await port.createRole(desired, signal);
  const attached = port.attachManagedPolicy(desired.name, 'arn:aws:iam::aws:policy/NoSuchPolicy', signal);
  await expect(attached).rejects.toMatchObject({
    reason: 'ManagedPolicyNotFound',
    message: expect.stringContaining('arn:aws:iam::aws:policy/NoSuchPolicy'),
  });
});

test('a role with an instance profile and an association goes again without a trace', async () => {
  const { port } = await start();
  const created = await port.createRole(desired, signal);
  if (created.kind !== 'Created') throw new Error('the role must be new');
  await port.createInstanceProfile({ name: 'p', path: '/', tags: { team: 'billing' } }, signal);
  expect(await port.addRoleToInstanceProfile('p', desired.name, signal)).toBe('Added');
  expect(await port.addRoleToInstanceProfile('p', desired.name, signal)).toBe('Occupied');
  expect(await port.getInstanceProfile('p', signal)).toMatchObject({ name: 'p', roleNames: [desired.name] });
  expect((await port.listInstanceProfilesForRole(desired.name, signal)).map(({ name }) => name)).toEqual(['p']);

  const account = { clusterName: 'prod', namespace: 'billing', serviceAccount: 'uploader' };
  const association = await port.createAssociation({ ...account, tags: { team: 'billing' } }, created.arn, signal);
  if (association.kind !== 'Created') throw new Error('the association must be new');
  expect(await port.createAssociation({ ...account, tags: {} }, created.arn, signal)).toEqual({
    kind: 'AlreadyExists',
  });
  expect(await port.findAssociation(account, signal)).toMatchObject({
    ...account,
    id: association.id,
    roleArn: created.arn,
  });

  expect(await port.deleteRole(desired.name, signal)).toBe('Conflict');
  await port.deleteAssociation({ clusterName: 'prod', id: association.id }, signal);
  await port.removeRoleFromInstanceProfile('p', desired.name, signal);
  await port.deleteInstanceProfile('p', signal);
  expect(await port.deleteRole(desired.name, signal)).toBe('Deleted');
  expect(await port.findAssociation(account, signal)).toBeUndefined();
  expect(await port.getInstanceProfile('p', signal)).toBeUndefined();
  expect(await port.getRole(desired.name, signal)).toBeUndefined();
});

test('a create whose answer is lost is sent again and found to have happened', async () => {
  const { port, aws } = await start();
  aws.failNext('CreateRole', lostAnswer());
  expect(await port.createRole(desired, signal)).toEqual({ kind: 'AlreadyExists' });
  expect(await port.getRole(desired.name, signal)).toMatchObject({ name: desired.name, tags: desired.tags });
});
