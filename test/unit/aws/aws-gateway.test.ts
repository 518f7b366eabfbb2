import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type AwsGatewayOptions, createAwsGateway } from '../../../src/aws/aws-gateway.ts';
import { createCallLimiter } from '../../../src/aws/call-limiter.ts';
import type { Clock } from '../../../src/base/clock.ts';
import { TransientError, WaitingError } from '../../../src/base/errors.ts';
import { silentLogger } from '../../../src/base/logger.ts';
import type { DesiredRole } from '../../../src/policy/types.ts';
import type { AwsPort } from '../../../src/reconcile/ports.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import {
  eksAnswer,
  eksError,
  iamAnswer,
  iamError,
  startScriptedAws,
  type WireAnswer,
  type WireRequest,
} from './scripted-aws.ts';

/** Time stands still and every wait is over at once. */
const clock: Clock = {
  now: () => 0,
  monotonicMs: () => 0,
  after(_delayMs, callback) {
    const immediate = setImmediate(callback);
    return () => clearImmediate(immediate);
  },
};
const signal = new AbortController().signal;
const stops: (() => Promise<void>)[] = [];

beforeEach(() => {
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIAEXAMPLE');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'secret');
  vi.stubEnv('AWS_SESSION_TOKEN', undefined);
  vi.stubEnv('AWS_PROFILE', undefined);
  vi.stubEnv('AWS_CONFIG_FILE', '/nowhere/config');
  vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', '/nowhere/credentials');
  vi.stubEnv('AWS_EC2_METADATA_DISABLED', 'true');
  vi.stubEnv('AWS_MAX_ATTEMPTS', '1');
});
afterEach(async () => {
  vi.unstubAllEnvs();
  for (const stop of stops.splice(0)) await stop();
});

async function start(
  answer: (request: WireRequest, index: number) => WireAnswer,
  options: Partial<AwsGatewayOptions> = {},
) {
  const aws = await startScriptedAws(answer);
  const gateway = createAwsGateway({
    region: 'eu-west-1',
    endpoint: aws.endpoint,
    limiter: createCallLimiter({ clock, concurrency: 4 }),
    clock,
    log: silentLogger,
    ...options,
  });
  stops.push(gateway.close, aws.stop);
  const port: AwsPort = gateway; // the adapter matches the port by shape
  return { gateway, port, requests: aws.requests };
}

async function failure(promise: Promise<unknown>): Promise<{ name: string; reason: unknown; message: string }> {
  const error: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof Error)) throw new Error('the call did not fail');
  return { name: error.name, reason: 'reason' in error ? error.reason : undefined, message: error.message };
}

const trust = { Version: '2012-10-17', Statement: [{ Effect: 'Allow' as const, Action: 'sts:AssumeRole' }] };
const desiredRole: DesiredRole = {
  name: 'billing-uploader',
  path: '/appaccess/prod/billing/',
  trust,
  inline: {},
  managedPolicyArns: [],
  permissionsBoundary: 'arn:aws:iam::111122223333:policy/limit',
  tags: { team: 'billing', 'appaccess.dev/name': 'uploader' },
  description: 'Uploads files',
  maxSessionSeconds: 7200,
};
const roleXml = (document: string, extra = '') =>
  '<Role><RoleName>billing-uploader</RoleName><Path>/appaccess/prod/billing/</Path><RoleId>AROAEXAMPLE</RoleId>' +
  '<Arn>arn:aws:iam::111122223333:role/appaccess/prod/billing/billing-uploader</Arn>' +
  `<AssumeRolePolicyDocument>${document}</AssumeRolePolicyDocument>${extra}</Role>`;

const QUERY = { clusterName: 'c', namespace: 'n', serviceAccount: 's' };
/** Tells `account` as that of the caller, and shows a role of 111122223333 to whoever reads one. */
const whoIs = (account: string) => (request: WireRequest) =>
  request.action === 'GetCallerIdentity'
    ? iamAnswer('GetCallerIdentity', `<Account>${account}</Account>`)
    : iamAnswer('GetRole', roleXml('{}'));

test('getRole returns the role with its document percent-decoded and parsed, and plus signs kept', async () => {
  const document = { ...trust, Id: 'a+b c%' };
  const extra =
    '<Description>Uploads files</Description><MaxSessionDuration>7200</MaxSessionDuration>' +
    '<PermissionsBoundary><PermissionsBoundaryArn>arn:aws:iam::111122223333:policy/limit</PermissionsBoundaryArn>' +
    '</PermissionsBoundary><Tags><member><Key>team</Key><Value>billing</Value></member></Tags>';
  const { port, requests } = await start(() =>
    iamAnswer('GetRole', roleXml(encodeURIComponent(JSON.stringify(document)), extra)),
  );
  expect(await port.getRole('billing-uploader', signal)).toEqual({
    name: 'billing-uploader',
    path: '/appaccess/prod/billing/',
    arn: 'arn:aws:iam::111122223333:role/appaccess/prod/billing/billing-uploader',
    id: 'AROAEXAMPLE',
    trust: document,
    tags: { team: 'billing' },
    description: 'Uploads files',
    maxSessionSeconds: 7200,
    permissionsBoundary: 'arn:aws:iam::111122223333:policy/limit',
  });
  expect(requests[0]?.userAgent).toContain('appaccess');
});

test("a managed policy that is missing is told in AWS's words and ours as one sentence", async () => {
  const { port } = await start(() => iamError(404, 'NoSuchEntity', 'Policy x does not exist or is not attachable.'));
  await expect(port.attachManagedPolicy('uploader', 'x', signal)).rejects.toMatchObject({
    reason: 'ManagedPolicyNotFound',
    message: expect.stringContaining('is not attachable; create that policy'),
  });
  await expect(port.putPermissionsBoundary('uploader', 'x', signal)).rejects.toMatchObject({
    reason: 'ManagedPolicyNotFound',
    message: expect.stringContaining('is not attachable; create that policy'),
  });
});

test('getRole returns undefined for a role that does not exist', async () => {
  const { port } = await start(() => iamError(404, 'NoSuchEntity'));
  expect(await port.getRole('billing-uploader', signal)).toBeUndefined();
});

test('getRole waits when IAM shows the bare id of a new role in place of its ARN', async () => {
  const xml = roleXml('{}').replace(/<Arn>.*<\/Arn>/, '<Arn>AROAEXAMPLE</Arn>');
  const { port } = await start(() => iamAnswer('GetRole', xml));
  expect(await failure(port.getRole('billing-uploader', signal))).toMatchObject({
    name: 'TransientError',
    reason: 'RoleNotVisible',
  });
});

test('with credentials of another account than the configured one no call but the question whose they are is sent', async () => {
  const { port, requests } = await start(whoIs('444455556666'), { accountId: '111122223333' });
  for (const call of [port.getRole('r', signal), port.tagRole('r', {}, signal), port.findAssociation(QUERY, signal)]) {
    expect(await failure(call)).toMatchObject({ name: 'WaitingError', reason: 'WrongAccount' });
  }
  expect(requests.map(({ action }) => action)).toEqual(['GetCallerIdentity']);
});

test('getRole refuses a role of another account than the one that STS named', async () => {
  const { port } = await start(whoIs('444455556666'), { accountId: '444455556666' });
  expect(await failure(port.getRole('billing-uploader', signal))).toMatchObject({
    name: 'WaitingError',
    reason: 'WrongAccount',
  });
});

test('where STS is denied on the way, the remedy is not in IAM', async () => {
  const { port } = await start(() => iamError(403, 'AccessDenied'), { accountId: '111122223333' });
  expect(await failure(port.getRole('r', signal))).toMatchObject({
    reason: 'AccessDenied',
    message: expect.stringContaining('allow it in the policy of the VPC endpoint of STS'),
  });
});

test('lists follow the marker over short and empty pages', async () => {
  const pages = [
    '<PolicyNames><member>a</member></PolicyNames><IsTruncated>true</IsTruncated><Marker>m1</Marker>',
    '<PolicyNames/><IsTruncated>true</IsTruncated><Marker>m2</Marker>',
    '<PolicyNames><member>b</member></PolicyNames><IsTruncated>false</IsTruncated>',
  ];
  const { port, requests } = await start((_request, index) => iamAnswer('ListRolePolicies', pages[index]));
  expect(await port.listInlinePolicyNames('r', signal)).toEqual(['a', 'b']);
  expect(requests.map(({ params }) => params.Marker)).toEqual([undefined, 'm1', 'm2']);
});

test('lists of an absent role are undefined, and its instance profiles none', async () => {
  const { port } = await start(() => iamError(404, 'NoSuchEntity'));
  expect(await port.listInlinePolicyNames('r', signal)).toBeUndefined();
  expect(await port.listAttachedPolicyArns('r', signal)).toBeUndefined();
  expect(await port.listInstanceProfilesForRole('r', signal)).toEqual([]);
});

test('createRole sends path, trust, boundary, tags, session length and description in one request', async () => {
  const { port, requests } = await start(() => iamAnswer('CreateRole', roleXml('{}')));
  expect(await port.createRole(desiredRole, signal)).toEqual({
    kind: 'Created',
    arn: 'arn:aws:iam::111122223333:role/appaccess/prod/billing/billing-uploader',
    id: 'AROAEXAMPLE',
  });
  expect(requests.map(({ action, params }) => ({ action, params }))).toEqual([
    {
      action: 'CreateRole',
      params: {
        RoleName: 'billing-uploader',
        Path: '/appaccess/prod/billing/',
        AssumeRolePolicyDocument: '{"Statement":[{"Action":"sts:AssumeRole","Effect":"Allow"}],"Version":"2012-10-17"}',
        Description: 'Uploads files',
        MaxSessionDuration: '7200',
        PermissionsBoundary: 'arn:aws:iam::111122223333:policy/limit',
        'Tags.member.1.Key': 'appaccess.dev/name',
        'Tags.member.1.Value': 'uploader',
        'Tags.member.2.Key': 'team',
        'Tags.member.2.Value': 'billing',
      },
    },
  ]);
});

test('a name that is taken is an answer of the creates', async () => {
  const { port } = await start(({ action }) =>
    action.startsWith('POST') ? eksError(409, 'ResourceInUseException') : iamError(409, 'EntityAlreadyExists'),
  );
  const profile = { name: 'p', path: '/', tags: {} };
  const association = { clusterName: 'c', namespace: 'n', serviceAccount: 's', tags: {} };
  expect(await port.createRole(desiredRole, signal)).toEqual({ kind: 'AlreadyExists' });
  expect(await port.createInstanceProfile(profile, signal)).toEqual({ kind: 'AlreadyExists' });
  expect(await port.createAssociation(association, 'arn', signal)).toEqual({ kind: 'AlreadyExists' });
});

test('to delete what is gone is success, and said where something was deleted whole', async () => {
  const { port } = await start(({ action }) =>
    action.startsWith('DELETE') ? eksError(404, 'ResourceNotFoundException') : iamError(404, 'NoSuchEntity'),
  );
  expect(await port.deleteRole('r', signal)).toBe('Gone');
  expect(await port.deleteInlinePolicy('r', 'p', signal)).toBeUndefined();
  expect(await port.detachManagedPolicy('r', 'arn:aws:iam::aws:policy/x-long-enough', signal)).toBeUndefined();
  expect(await port.deletePermissionsBoundary('r', signal)).toBeUndefined();
  expect(await port.deleteInstanceProfile('p', signal)).toBe('Gone');
  expect(await port.removeRoleFromInstanceProfile('p', 'r', signal)).toBeUndefined();
  expect(await port.deleteAssociation({ clusterName: 'c', id: 'a-1' }, signal)).toBe('Gone');
});

test('what is gone at the second try was deleted by the first, whose answer was lost', async () => {
  vi.stubEnv('AWS_MAX_ATTEMPTS', '3');
  const { port } = await start(({ action }, index) => {
    if (index % 2 === 0) return 'LostConnection';
    return action.startsWith('DELETE') ? eksError(404, 'ResourceNotFoundException') : iamError(404, 'NoSuchEntity');
  });
  expect(await port.deleteRole('r', signal)).toBe('Deleted');
  expect(await port.deleteInstanceProfile('p', signal)).toBe('Deleted');
  expect(await port.deleteAssociation({ clusterName: 'c', id: 'a-1' }, signal)).toBe('Deleted');
});

test.each([
  ['denied', [iamError(403, 'AccessDenied')], true],
  ['refused for a quota', [iamError(409, 'LimitExceeded')], true],
  ['refused with an unknown code', [iamError(400, 'SomethingNew')], true],
  ['denied after an answer that was lost', ['LostConnection', iamError(403, 'AccessDenied')], false],
  ['failed by AWS', [iamError(500, 'ServiceFailure')], false],
  ['never answered', ['LostConnection'], false],
] as const)('a call that was %s may have been carried out, or not for certain', async (_, answers, refused) => {
  vi.stubEnv('AWS_MAX_ATTEMPTS', '3');
  const { port } = await start((_request, index) => answers[index] ?? answers[answers.length - 1] ?? 'Silence');
  const error: unknown = await port.createRole(desiredRole, signal).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(Error);
  expect(port.wasRefused(error)).toBe(refused);
});

test('a call that ended without a request or in no answer of AWS may have been carried out', async () => {
  const { port } = await start(() => iamAnswer('CreateRole'));
  const stopped = AbortSignal.abort(new Error('stopped'));
  const error: unknown = await port.createRole(desiredRole, stopped).catch((reason: unknown) => reason);
  expect([port.wasRefused(error), port.wasRefused(new Error('other'))]).toEqual([false, false]);
});

test('deleteRole answers Conflict while something hangs on the role', async () => {
  const { port } = await start(() => iamError(409, 'DeleteConflict'));
  expect(await port.deleteRole('r', signal)).toBe('Conflict');
});

test('addRoleToInstanceProfile answers Occupied when IAM says that the profile is full', async () => {
  const { port } = await start(() => iamError(409, 'LimitExceeded'));
  expect(await port.addRoleToInstanceProfile('p', 'r', signal)).toBe('Occupied');
});

test('a quota error is sent once although the SDK may try three times', async () => {
  vi.stubEnv('AWS_MAX_ATTEMPTS', '3');
  const { port, requests } = await start(() =>
    iamError(409, 'LimitExceeded', 'Cannot exceed quota for PolicySize: 6144'),
  );
  expect(await failure(port.putInlinePolicy('r', 'p', trust, signal))).toEqual({
    name: 'TerminalError',
    reason: 'QuotaExceeded',
    message:
      'AWS refused iam:PutRolePolicy for inline policy p of role r: Cannot exceed quota for PolicySize: 6144; ' +
      'make it smaller, free what is no longer used, or ask AWS to raise the quota',
  });
  expect(requests.length).toBe(1);
});

test('a server fault is sent again until it passes', async () => {
  vi.stubEnv('AWS_MAX_ATTEMPTS', '3');
  const calls: unknown[] = [];
  const { port, requests } = await start(
    (_request, index) => (index === 0 ? iamError(500, 'ServiceFailure') : iamAnswer('TagRole')),
    { onCall: (record) => calls.push(record) },
  );
  await port.tagRole('r', { a: 'b' }, signal);
  expect(requests.length).toBe(2);
  expect(calls).toEqual([{ service: 'iam', action: 'TagRole', outcome: 'Success', attempts: 2, seconds: 0 }]);
});

test.each([
  [400, 'Throttling', 'TransientError', 'Throttled'],
  [500, 'ServiceFailure', 'TransientError', 'AwsUnavailable'],
  [503, 'ServiceUnavailable', 'TransientError', 'AwsUnavailable'],
  [409, 'ConcurrentModification', 'TransientError', 'ConcurrentChange'],
  [409, 'EntityTemporarilyUnmodifiable', 'TransientError', 'ConcurrentChange'],
  [404, 'NoSuchEntity', 'TransientError', 'RoleNotVisible'],
  [403, 'AccessDenied', 'WaitingError', 'AccessDenied'],
  [403, 'ExpiredToken', 'WaitingError', 'NoCredentials'],
  [403, 'InvalidClientTokenId', 'WaitingError', 'NoCredentials'],
  [403, 'SignatureDoesNotMatch', 'WaitingError', 'NoCredentials'],
  [409, 'LimitExceeded', 'TerminalError', 'QuotaExceeded'],
  [400, 'MalformedPolicyDocument', 'TerminalError', 'PolicyRefused'],
  [400, 'ValidationError', 'TerminalError', 'InvalidRequest'],
  [400, 'InvalidInput', 'TerminalError', 'InvalidRequest'],
  [400, 'UnmodifiableEntity', 'TransientError', 'AwsRefused'],
  [400, 'SomethingNew', 'TransientError', 'AwsRefused'],
])('IAM status %i with code %s is a %s with reason %s', async (status, code, name, reason) => {
  const { port } = await start(() => iamError(status, code));
  expect(await failure(port.updateTrustPolicy('r', trust, signal))).toMatchObject({ name, reason });
});

test('an access denial names the action, the role and what to allow, and is looked at again after a minute', async () => {
  const { port } = await start(() =>
    iamError(403, 'AccessDenied', 'User: u is not authorized to perform: iam:TagRole.'),
  );
  const error: unknown = await port.tagRole('r', { a: 'b' }, signal).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(WaitingError);
  expect(error).toMatchObject({
    requeueAfterMs: 60_000,
    message:
      'AWS denied iam:TagRole for role r: User: u is not authorized to perform: iam:TagRole; allow iam:TagRole for role r ' +
      'in the IAM policy of the role that the controller runs as, and see that no boundary or organisation policy denies it',
  });
});

test('without credentials the key waits and is told where credentials come from', async () => {
  vi.stubEnv('AWS_ACCESS_KEY_ID', undefined);
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', undefined);
  const { port, requests } = await start(() => iamAnswer('TagRole'));
  expect(await failure(port.getRole('r', signal))).toMatchObject({
    name: 'WaitingError',
    reason: 'NoCredentials',
    message: expect.stringContaining('EKS Pod Identity, IRSA'),
  });
  expect(requests).toEqual([]);
});

test('a lost connection, an unreadable answer and a dead endpoint are transient', async () => {
  const lost = await start(() => 'LostConnection');
  const unreadable = await start(() => ({ status: 200, type: 'text/html', body: '<html><p>proxy' }));
  const dead = await start(() => 'Silence', { endpoint: 'http://127.0.0.1:1' });
  for (const { port } of [lost, unreadable, dead]) {
    expect(await failure(port.getRole('r', signal))).toMatchObject({
      name: 'TransientError',
      reason: 'AwsUnavailable',
    });
  }
});

test('an abort ends a call that waits for its answer', async () => {
  const abort = new AbortController();
  const { port } = await start(() => {
    abort.abort();
    return 'Silence';
  });
  expect(await failure(port.getRole('r', abort.signal))).toMatchObject({
    name: 'TransientError',
    reason: 'Interrupted',
  });
});

test('beforeWrite is asked before each request of a write, may refuse it, and is not asked before reads', async () => {
  vi.stubEnv('AWS_MAX_ATTEMPTS', '3');
  const asked: string[] = [];
  const { port, requests } = await start(
    ({ action }) => (action === 'GetRole' ? iamError(404, 'NoSuchEntity') : iamError(500, 'ServiceFailure')),
    {
      beforeWrite(action) {
        asked.push(action);
        if (asked.length === 2) throw new TransientError('NotLeader', 'the lease is lost');
      },
    },
  );
  await port.getRole('r', signal);
  expect(await failure(port.deleteRole('r', signal))).toEqual({
    name: 'TransientError',
    reason: 'NotLeader',
    message: 'the lease is lost',
  });
  expect(asked).toEqual(['iam:DeleteRole', 'iam:DeleteRole']);
  expect(requests.map(({ action }) => action)).toEqual(['GetRole', 'DeleteRole']);
});

test('beforeWrite is asked once more when a connection had to be made, and may refuse the write then too', async () => {
  let asked = 0;
  const { port, requests } = await start(() => iamError(404, 'NoSuchEntity'), {
    beforeWrite() {
      asked += 1;
      if (asked === 2) throw new TransientError('NotLeader', 'the lease is lost');
    },
  });
  expect(await failure(port.deleteRole('r', signal))).toMatchObject({ message: 'the lease is lost' });
  expect([asked, requests]).toEqual([2, []]);
  await port.deleteRole('r', signal);
  expect(requests).toHaveLength(1);
});

test('a write that beforeWrite refuses in the middle of an outage leaves the next call to find its end', async () => {
  const manual = new ManualClock();
  const { port } = await start(
    (_request, index) => (index < 5 ? iamError(500, 'ServiceFailure') : iamError(404, 'NoSuchEntity')),
    {
      clock: manual,
      beforeWrite() {
        throw new WaitingError('AccessDenied', 'read only', 1);
      },
    },
  );
  for (let failures = 0; failures < 5; failures += 1) await failure(port.getRole('r', signal));
  await manual.advance(5_000);
  expect(await failure(port.deleteRole('r', signal))).toMatchObject({ message: 'read only' });
  expect(await port.getRole('r', signal)).toBeUndefined();
});

test('findAssociation lists by service account and describes what it found', async () => {
  const association = {
    associationId: 'a-1',
    associationArn: 'arn:aws:eks:eu-west-1:111122223333:podidentityassociation/prod/a-1',
    clusterName: 'prod',
    namespace: 'billing',
    serviceAccount: 'uploader',
    roleArn: 'arn:aws:iam::111122223333:role/r',
    tags: { team: 'billing' },
  };
  const { port, requests } = await start(({ action, params }) => {
    if (action.endsWith('/a-1')) return eksAnswer({ association });
    if (params.nextToken === undefined) return eksAnswer({ associations: [], nextToken: 't' });
    return eksAnswer({ associations: [{ associationId: 'a-1' }] });
  });
  const query = { clusterName: 'prod', namespace: 'billing', serviceAccount: 'uploader' };
  expect(await port.findAssociation(query, signal)).toEqual({
    id: 'a-1',
    arn: association.associationArn,
    clusterName: 'prod',
    namespace: 'billing',
    serviceAccount: 'uploader',
    roleArn: 'arn:aws:iam::111122223333:role/r',
    tags: { team: 'billing' },
  });
  const filter = { namespace: 'billing', serviceAccount: 'uploader' };
  expect(requests.map(({ action, params }) => ({ action, params }))).toEqual([
    { action: 'GET /clusters/prod/pod-identity-associations', params: filter },
    { action: 'GET /clusters/prod/pod-identity-associations', params: { ...filter, nextToken: 't' } },
    { action: 'GET /clusters/prod/pod-identity-associations/a-1', params: {} },
  ]);
});

test.each([
  [400, 'InvalidParameterException', 'WaitingError', 'AssociationRefused'],
  [404, 'ResourceNotFoundException', 'WaitingError', 'ClusterNotFound'],
  [400, 'ResourceLimitExceededException', 'TerminalError', 'QuotaExceeded'],
  [400, 'InvalidRequestException', 'TerminalError', 'InvalidRequest'],
  [403, 'AccessDeniedException', 'WaitingError', 'AccessDenied'],
  [403, 'UnrecognizedClientException', 'WaitingError', 'NoCredentials'],
  [429, 'ThrottlingException', 'TransientError', 'Throttled'],
  [500, 'ServerException', 'TransientError', 'AwsUnavailable'],
])('EKS status %i with code %s on a create is a %s with reason %s', async (status, code, name, reason) => {
  const { port } = await start(() => eksError(status, code));
  const association = { clusterName: 'c', namespace: 'n', serviceAccount: 's', tags: {} };
  expect(await failure(port.createAssociation(association, 'arn', signal))).toMatchObject({ name, reason });
});
