import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type AwsCredentials, REGION, runAws } from './world/commands.ts';
import { compileExample, createCompiledRole } from './world/compiled-role.ts';
import { enforcePolicies, ignorePolicies, resetMoto } from './world/moto.ts';
import { realWorld } from './world/real-world.ts';

/** The bucket and prefix of examples/lambda-s3-dynamodb.yaml, and a bucket that it does not name. */
const BUCKET = 'invoices';
const OTHER_BUCKET = 'salaries';
const PREFIX = 'uploads/';
const EXISTING_KEY = `${PREFIX}existing.txt`;

const { moto } = realWorld();
let credentials: AwsCredentials;

/** What the function may do, and what it must not. Each is possible on its own: only a policy can refuse it. */
const ALLOWED = { what: 'put an object under the prefix', request: putObject(BUCKET, `${PREFIX}2026/a.txt`) };
const REFUSED = [
  { what: 'put an object under another prefix', request: putObject(BUCKET, 'reports/a.txt') },
  { what: 'put an object under a prefix that only begins alike', request: putObject(BUCKET, 'uploads-secret/a.txt') },
  { what: 'put an object at the top of the bucket', request: putObject(BUCKET, 'a.txt') },
  { what: 'put an object into another bucket', request: putObject(OTHER_BUCKET, `${PREFIX}a.txt`) },
  {
    what: 'read an object under the prefix',
    request: ['get-object', '--bucket', BUCKET, '--key', EXISTING_KEY, '/dev/null'],
  },
  {
    what: 'delete an object under the prefix',
    request: ['delete-object', '--bucket', BUCKET, '--key', EXISTING_KEY],
  },
];

describe('temporary credentials of the role compiled from examples/lambda-s3-dynamodb.yaml', () => {
  beforeAll(async () => {
    await resetMoto(moto.url);
    await createBuckets();
    const roleArn = await createCompiledRole(moto, await compileExample('lambda-s3-dynamodb.yaml'));
    credentials = await assumeRole(roleArn);
  });
  afterAll(() => resetMoto(moto.url));

  test('may do everything as long as moto does not enforce policies', async () => {
    for (const { request } of [ALLOWED, ...REFUSED]) {
      expect(await s3api(request), request.join(' ')).toMatchObject({ exitCode: 0, stderr: '' });
    }
  });

  describe('once moto enforces policies', () => {
    beforeAll(async () => {
      await ignorePolicies(moto.url);
      await emptyBuckets();
      await createExistingObject();
      await enforcePolicies(moto.url);
    });
    afterAll(() => ignorePolicies(moto.url));

    test(ALLOWED.what, async () => {
      expect(await s3api(ALLOWED.request)).toMatchObject({ exitCode: 0, stderr: '' });
    });

    test.each(REFUSED)('do not $what', async ({ request }) => {
      const { exitCode, stderr } = await s3api(request);
      expect({ refused: exitCode !== 0, code: /\((\w+)\)/.exec(stderr)?.[1] }).toEqual({
        refused: true,
        code: 'AccessDenied',
      });
    });

    test('leave exactly the objects behind that were there or put under the prefix', async () => {
      await ignorePolicies(moto.url);
      expect(await keys(BUCKET)).toEqual([`${PREFIX}2026/a.txt`, EXISTING_KEY]);
      expect(await keys(OTHER_BUCKET)).toEqual([]);
    });
  });
});

function putObject(bucket: string, key: string): string[] {
  return ['put-object', '--bucket', bucket, '--key', key];
}

/** Runs `aws s3api` with the temporary credentials. */
function s3api(args: readonly string[]) {
  return runAws(moto, ['s3api', ...args], { credentials });
}

/** Runs `aws s3api` as the owner of the account; throws when it fails. */
async function asOwner(args: readonly string[]): Promise<string> {
  const { exitCode, stdout, stderr } = await runAws(moto, ['s3api', ...args]);
  if (exitCode !== 0) throw new Error(stderr);
  return stdout;
}

async function createBuckets(): Promise<void> {
  for (const bucket of [BUCKET, OTHER_BUCKET]) {
    const location = `LocationConstraint=${REGION}`;
    await asOwner(['create-bucket', '--bucket', bucket, '--create-bucket-configuration', location]);
  }
  await createExistingObject();
}

async function createExistingObject(): Promise<void> {
  await asOwner(putObject(BUCKET, EXISTING_KEY));
}

async function emptyBuckets(): Promise<void> {
  for (const bucket of [BUCKET, OTHER_BUCKET]) {
    for (const key of await keys(bucket)) await asOwner(['delete-object', '--bucket', bucket, '--key', key]);
  }
}

/** Keys of a bucket, sorted. */
async function keys(bucket: string): Promise<string[]> {
  const { Contents = [] } = JSON.parse((await asOwner(['list-objects-v2', '--bucket', bucket])) || '{}');
  return Contents.map(({ Key }: { Key: string }) => Key);
}

async function assumeRole(roleArn: string): Promise<AwsCredentials> {
  const { exitCode, stdout, stderr } = await runAws(moto, [
    ...['sts', 'assume-role', '--role-arn', roleArn, '--role-session-name', 'invoice-uploader'],
  ]);
  if (exitCode !== 0) throw new Error(stderr);
  const { AccessKeyId, SecretAccessKey, SessionToken } = JSON.parse(stdout).Credentials;
  return { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken };
}
