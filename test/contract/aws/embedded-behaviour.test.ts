import { setTimeout as atOnce } from 'node:timers/promises';
import {
  CreatePodIdentityAssociationCommand,
  EKSClient,
  ListPodIdentityAssociationsCommand,
} from '@aws-sdk/client-eks';
import {
  CreateRoleCommand,
  GetRoleCommand,
  IAMClient,
  ListRolesCommand,
  PutRolePolicyCommand,
  paginateListRoles,
} from '@aws-sdk/client-iam';
import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  accessDenied,
  delay,
  lostAnswer,
  notVisible,
  serverError,
  throttling,
  timeOut,
} from '../../../src/dev/aws/faults.ts';
import { type EmbeddedAws, type EmbeddedAwsOptions, startAwsServer } from '../../../src/dev/aws/start-aws-server.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { allow, LAMBDA_TRUST, POD_IDENTITY_TRUST, refusal, refusalWithMessage } from './contract-world.ts';

const ROLE = { RoleName: 'reader', AssumeRolePolicyDocument: POD_IDENTITY_TRUST };
const ASSOCIATION = {
  clusterName: 'main',
  namespace: 'shop',
  serviceAccount: 'reader',
  roleArn: 'arn:aws:iam::123456789012:role/reader',
};

let clock: ManualClock;
let aws: EmbeddedAws;
let iam: IAMClient;
let eks: EKSClient;

beforeEach(() => start({}));
afterEach(() => stop());

async function start(options: Partial<EmbeddedAwsOptions>): Promise<void> {
  clock = new ManualClock();
  const account = { accountId: '123456789012', region: 'eu-central-1', clusters: ['main'] };
  aws = await startAwsServer({ ...account, port: 0, clock, ...options });
  const config = {
    endpoint: aws.url,
    region: account.region,
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
    maxAttempts: 1,
  };
  iam = new IAMClient(config);
  eks = new EKSClient(config);
}

async function stop(): Promise<void> {
  iam.destroy();
  eks.destroy();
  await aws.stop();
}

async function restart(options: Partial<EmbeddedAwsOptions>): Promise<void> {
  await stop();
  await start(options);
}

test('a new role is seen by writes at once, and by reads and EKS after the visibility delay', async () => {
  await restart({ visibilityDelayMs: 2_000 });
  const createAssociation = () => eks.send(new CreatePodIdentityAssociationCommand(ASSOCIATION));
  await iam.send(new CreateRoleCommand(ROLE));
  await iam.send(
    new PutRolePolicyCommand({ RoleName: 'reader', PolicyName: 'p', PolicyDocument: allow('s3:GetObject', '*') }),
  );
  await clock.advance(1_999);
  expect(await refusal(iam.send(new GetRoleCommand(ROLE)))).toEqual({ code: 'NoSuchEntityException', status: 404 });
  expect((await iam.send(new ListRolesCommand({}))).Roles).toEqual([]);
  expect(await refusalWithMessage(createAssociation())).toEqual({
    code: 'InvalidParameterException',
    status: 400,
    message: 'Role provided in the request does not exist.',
  });
  await clock.advance(1);
  expect((await iam.send(new GetRoleCommand(ROLE))).Role?.RoleName).toBe('reader');
  expect((await createAssociation()).association?.roleArn).toBe(ASSOCIATION.roleArn);
});

test('a page may be shorter than asked for and still have one that follows', async () => {
  await restart({ pageLimit: 2 });
  for (const RoleName of ['a', 'b', 'c', 'd', 'e']) {
    aws.actAsOther('CreateRole', { RoleName, AssumeRolePolicyDocument: LAMBDA_TRUST });
  }
  const pages: (string | undefined)[][] = [];
  for await (const page of paginateListRoles({ client: iam, pageSize: 1_000 }, {})) {
    pages.push((page.Roles ?? []).map(({ RoleName }) => RoleName));
  }
  expect(pages).toEqual([['a', 'b'], ['c', 'd'], ['e']]);
});

test('throttling is 400 Throttling from IAM and 429 ThrottlingException from EKS', async () => {
  aws.failNext('CreateRole', throttling());
  aws.failNext('ListPodIdentityAssociations', throttling());
  expect(await refusal(iam.send(new CreateRoleCommand(ROLE)))).toEqual({ code: 'Throttling', status: 400 });
  expect(await refusal(eks.send(new ListPodIdentityAssociationsCommand({ clusterName: 'main' })))).toEqual({
    code: 'ThrottlingException',
    status: 429,
  });
  expect(aws.snapshot().roles).toEqual([]);
});

test('a server error is 500 and does no work', async () => {
  aws.failNext('CreateRole', serverError());
  expect(await refusal(iam.send(new CreateRoleCommand(ROLE)))).toEqual({
    code: 'ServiceFailureException',
    status: 500,
  });
  expect(aws.snapshot().roles).toEqual([]);
});

test('denied access is 403 and names the missing permission', async () => {
  aws.failNext('CreateRole', accessDenied());
  expect(await refusalWithMessage(iam.send(new CreateRoleCommand(ROLE)))).toEqual({
    code: 'AccessDenied',
    status: 403,
    message: expect.stringContaining('is not authorized to perform: iam:CreateRole'),
  });
  aws.failNext('CreatePodIdentityAssociation', accessDenied());
  expect(await refusal(eks.send(new CreatePodIdentityAssociationCommand(ASSOCIATION)))).toEqual({
    code: 'AccessDeniedException',
    status: 403,
  });
});

test('a lost answer does its work and cuts the connection', async () => {
  aws.failNext('CreateRole', lostAnswer());
  await expect(iam.send(new CreateRoleCommand(ROLE))).rejects.toMatchObject({ code: 'ECONNRESET' });
  expect(await refusal(iam.send(new CreateRoleCommand(ROLE)))).toEqual({
    code: 'EntityAlreadyExistsException',
    status: 409,
  });
});

test('a timed-out call does no work and ends when the client gives up', async () => {
  aws.failNext('CreateRole', timeOut());
  const giveUp = new AbortController();
  aws.onCall = () => giveUp.abort();
  await expect(iam.send(new CreateRoleCommand(ROLE), { abortSignal: giveUp.signal })).rejects.toMatchObject({
    name: 'AbortError',
  });
  expect(aws.snapshot().roles).toEqual([]);
});

test('stopping the server ends a call that it never answers', async () => {
  aws.failNext('CreateRole', timeOut());
  const received = nextCall('received');
  const call = iam.send(new CreateRoleCommand(ROLE));
  const ended = expect(call).rejects.toMatchObject({ code: 'ECONNRESET' });
  await received;
  await aws.stop();
  await ended;
});

test('a role that is not visible to one call is there for the next', async () => {
  await iam.send(new CreateRoleCommand(ROLE));
  aws.failNext('GetRole', notVisible());
  expect(await refusal(iam.send(new GetRoleCommand(ROLE)))).toEqual({ code: 'NoSuchEntityException', status: 404 });
  expect((await iam.send(new GetRoleCommand(ROLE))).Role?.RoleName).toBe('reader');
});

test('latency and delay add up on the clock', async () => {
  await restart({ latencyMs: 20 });
  aws.failNext('ListRoles', delay(100));
  let answered = false;
  const received = nextCall('received');
  const call = iam.send(new ListRolesCommand({})).then(() => {
    answered = true;
  });
  await received;
  await clock.advance(119);
  await atOnce(0);
  expect([answered, clock.pendingTimers]).toEqual([false, 1]);
  await clock.advance(1);
  await call;
});

test('a fault strikes as many calls as asked for, and any action when it is for all', async () => {
  aws.failNext('*', throttling(), 2);
  const codes: string[] = [];
  for (let attempt = 0; attempt < 2; attempt += 1) codes.push((await refusal(iam.send(new ListRolesCommand({})))).code);
  expect(codes).toEqual(['Throttling', 'Throttling']);
  expect((await iam.send(new ListRolesCommand({}))).Roles).toEqual([]);
});

test('beyond its rate IAM throttles, each call takes one token, and tokens come back with time', async () => {
  await restart({ iamRateLimit: { requestsPerSecond: 10, burst: 2 } });
  const list = () =>
    iam.send(new ListRolesCommand({})).then(
      () => 'answered',
      (error: Error) => `${error.name}: ${error.message}`,
    );
  const throttled = 'Throttling: Rate exceeded';
  expect([await list(), await list(), await list()]).toEqual(['answered', 'answered', throttled]);
  expect(aws.calls().map(({ fault }) => fault)).toEqual([undefined, undefined, 'Throttling']);
  await clock.advance(99);
  expect(await list()).toBe(throttled);
  await clock.advance(1);
  expect([await list(), await list()]).toEqual(['answered', throttled]);
  await clock.advance(60_000);
  expect([await list(), await list(), await list()]).toEqual(['answered', 'answered', throttled]);
});

test('the rate limit of IAM leaves EKS alone', async () => {
  await restart({ iamRateLimit: { requestsPerSecond: 1 } });
  await iam.send(new ListRolesCommand({}));
  const list = new ListPodIdentityAssociationsCommand({ clusterName: 'main' });
  expect((await eks.send(list)).associations).toEqual([]);
});

test('calls are recorded with nested parameters, those by other hands are not', async () => {
  aws.actAsOther('CreateRole', { RoleName: 'other', AssumeRolePolicyDocument: LAMBDA_TRUST });
  await iam.send(new CreateRoleCommand({ ...ROLE, Tags: [{ Key: 'a', Value: 'b' }] }));
  await eks.send(new CreatePodIdentityAssociationCommand({ ...ASSOCIATION, clientRequestToken: 't' }));
  expect(aws.calls()).toEqual([
    {
      service: 'iam',
      action: 'CreateRole',
      requestId: expect.any(String),
      parameters: { ...ROLE, Tags: [{ Key: 'a', Value: 'b' }] },
    },
    {
      service: 'eks',
      action: 'CreatePodIdentityAssociation',
      requestId: expect.any(String),
      parameters: { ...ASSOCIATION, clientRequestToken: 't' },
    },
  ]);
  aws.resetCalls();
  expect(aws.calls()).toEqual([]);
});

test('an access key that is assigned to another account makes its calls there', async () => {
  aws.assignAccessKey('AKIAOTHER', '999999999999');
  const credentials = { accessKeyId: 'AKIAOTHER', secretAccessKey: 'secret' };
  const other = new IAMClient({ region: 'eu-west-1', endpoint: aws.url, credentials });
  expect((await other.send(new CreateRoleCommand(ROLE))).Role?.Arn).toContain(':999999999999:');
  expect([aws.snapshot().roles, aws.snapshot('999999999999').roles]).toEqual([[], [expect.anything()]]);
  other.destroy();
});

test('the snapshot shows everything with documents parsed', async () => {
  await iam.send(new CreateRoleCommand({ ...ROLE, Tags: [{ Key: 'a', Value: 'b' }] }));
  await iam.send(
    new PutRolePolicyCommand({ RoleName: 'reader', PolicyName: 'p', PolicyDocument: allow('s3:GetObject', '*') }),
  );
  await eks.send(new CreatePodIdentityAssociationCommand(ASSOCIATION));
  aws.actAsOther('CreateInstanceProfile', { InstanceProfileName: 'host', Path: '/x/' });
  aws.actAsOther('AddRoleToInstanceProfile', { InstanceProfileName: 'host', RoleName: 'reader' });
  expect(aws.snapshot()).toEqual({
    roles: [
      {
        name: 'reader',
        path: '/',
        id: expect.stringMatching(/^AROA/),
        arn: ASSOCIATION.roleArn,
        description: '',
        maxSessionSeconds: 3_600,
        trustPolicy: JSON.parse(POD_IDENTITY_TRUST),
        inlinePolicies: { p: JSON.parse(allow('s3:GetObject', '*')) },
        attachedPolicyArns: [],
        permissionsBoundaryArn: undefined,
        tags: { a: 'b' },
      },
    ],
    instanceProfiles: [
      {
        name: 'host',
        path: '/x/',
        id: expect.stringMatching(/^AIPA/),
        arn: 'arn:aws:iam::123456789012:instance-profile/x/host',
        roleNames: ['reader'],
        tags: {},
      },
    ],
    associations: [
      { ...ASSOCIATION, id: expect.any(String), arn: expect.any(String), disableSessionTags: false, tags: {} },
    ],
  });
});

test('an account holds 1000 roles', async () => {
  for (let index = 0; index < 1_000; index += 1) {
    aws.actAsOther('CreateRole', { RoleName: `r${index}`, AssumeRolePolicyDocument: LAMBDA_TRUST });
  }
  expect(await refusalWithMessage(iam.send(new CreateRoleCommand(ROLE)))).toEqual({
    code: 'LimitExceededException',
    status: 409,
    message: 'Cannot exceed quota for RolesPerAccount: 1000',
  });
});

test('an account whose quota was raised holds as many roles as that', async () => {
  await restart({ rolesPerAccount: 1 });
  await iam.send(new CreateRoleCommand(ROLE));
  const another = iam.send(new CreateRoleCommand({ ...ROLE, RoleName: 'other' }));
  expect((await refusalWithMessage(another)).message).toBe('Cannot exceed quota for RolesPerAccount: 1');
});

test('a service-linked role is shown and never changed', async () => {
  aws.actAsOther('CreateRole', {
    RoleName: 'linked',
    Path: '/aws-service-role/x.amazonaws.com/',
    AssumeRolePolicyDocument: LAMBDA_TRUST,
  });
  const put = { RoleName: 'linked', PolicyName: 'p', PolicyDocument: allow('s3:GetObject', '*') };
  expect((await iam.send(new GetRoleCommand({ RoleName: 'linked' }))).Role?.RoleName).toBe('linked');
  expect(await refusal(iam.send(new PutRolePolicyCommand(put)))).toEqual({
    code: 'UnmodifiableEntityException',
    status: 400,
  });
});

test('a request without a signature, an unknown action and an unknown path are refused', async () => {
  const authorization = 'AWS4-HMAC-SHA256 Credential=a/20260101/us-east-1/iam/aws4_request, Signature=b';
  const post = async (body: string, headers: Record<string, string>) => {
    const answer = await fetch(aws.url, { method: 'POST', body, headers });
    return [answer.status, /<Code>(.*)<\/Code>/.exec(await answer.text())?.[1]];
  };
  expect(await post('Action=ListRoles&Version=2010-05-08', {})).toEqual([403, 'MissingAuthenticationToken']);
  expect(await post('Action=CreateUser&Version=2010-05-08', { authorization })).toEqual([400, 'InvalidAction']);
  expect((await fetch(`${aws.url}/nowhere`, { headers: { authorization } })).status).toBe(404);
});

test('a taken port is an error when the server starts', async () => {
  const port = Number(new URL(aws.url).port);
  const options = { port, accountId: '123456789012', region: 'eu-central-1', clusters: [], clock };
  await expect(startAwsServer(options)).rejects.toMatchObject({ code: 'EADDRINUSE' });
});

/** Resolves at the next moment of that kind. */
function nextCall(wanted: 'received' | 'done'): Promise<void> {
  return new Promise((resolve) => {
    aws.onCall = (_call, moment) => {
      if (moment === wanted) resolve();
    };
  });
}
