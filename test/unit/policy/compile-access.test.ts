import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { AppAccess } from '../../../src/api/app-access.ts';
import { parseAppAccess } from '../../../src/api/parse-app-access.ts';
import { canonicalJson } from '../../../src/base/canonical-json.ts';
import { compileAccess } from '../../../src/policy/compile-access.ts';
import { MAX_INLINE_POLICY_CHARS } from '../../../src/policy/policy-size.ts';
import { toCompiledJson } from '../../../src/policy/render-compiled.ts';
import type { CompileSettings } from '../../../src/policy/types.ts';

const CASES = new URL('../../cases/policy/', import.meta.url);
const SETTINGS: CompileSettings = {
  partition: 'aws',
  accountId: '111122223333',
  region: 'eu-west-1',
  clusterName: 'demo',
  clusterUid: 'uid-of-kube-system',
  oidcIssuer: 'https://oidc.eks.eu-west-1.amazonaws.com/id/0123456789ABCDEF',
};

interface Case {
  title: string;
  /** Over `SETTINGS`; null takes one away. */
  settings?: Record<string, string | null>;
  spec: unknown;
  compiled?: unknown;
  problems?: { path: string; problem: string }[];
}

describe('compileAccess compiles each case to the documents beside it', () => {
  test.each(readdirSync(CASES).filter((name) => name.endsWith('.json')))('%s', (file) => {
    const { spec, settings, compiled, problems }: Case = JSON.parse(readFileSync(new URL(file, CASES), 'utf8'));
    const answer = compileAccess(objectOf(spec), settingsWith(settings));
    if (answer.ok) expect(toCompiledJson(answer.desired)).toEqual(compiled);
    else expect(answer.problems).toEqual(problems);
  });
});

describe('compileAccess refuses what nobody gets', () => {
  test.each([
    ['*', ['*']],
    ['*:*', ['*']],
    ['iam:*', ['*']],
    ['IAM:*', ['arn:aws:iam::111122223333:role/x']],
    ['iam:PassRole', ['arn:aws:iam::111122223333:role/x']],
    ['iam:Pass*', ['*']],
    ['iam:?assRole', ['*']],
    ['sts:AssumeRole', ['*']],
    ['sts:Assume*', ['arn:aws:iam::*:role/*']],
    ['sts:*', ['arn:aws:iam::111122223333:role/*']],
  ])('Allow %s on %j', (action, resources) => {
    expect(problemsOf({ statement: { effect: 'Allow', actions: [action], resources } })).toMatchObject([
      { path: 'spec.grants[0].statement.actions[0]', problem: expect.stringContaining('nobody gets') },
    ]);
  });

  test.each([
    ['Deny', '*', ['*']],
    ['Allow', 'sts:AssumeRole', ['arn:aws:iam::111122223333:role/reader']],
    ['Allow', 'iam:ListRoles', ['*']],
    ['Allow', 's3:*', ['arn:aws:s3:::invoices', 'arn:aws:s3:::invoices/*']],
  ])('but not %s %s on %j', (effect, action, resources) => {
    expect(problemsOf({ statement: { effect, actions: [action], resources } })).toEqual([]);
  });
});

describe('compileAccess checks actions against the list of AWS', () => {
  test.each([
    ['s3:GetObjekt', 'did you mean s3:GetObject?'],
    ['s3:ListAllMyBuckets', 'takes no resource'],
    ['s3:Get*', 'has a wildcard'],
    ['sqs:SendMessage', 'an action of another service'],
    ['s3:CreateJob', 'takes no resource'],
    ['s3:DescribeJob', 'does not fit a bucket: it takes job'],
  ])('%s of a typed grant: %s', (action, problem) => {
    expect(problemsOf({ s3: { bucket: 'invoices', actions: [action] } })).toMatchObject([
      { path: 'spec.grants[0].s3.actions[0]', problem: expect.stringContaining(problem) },
    ]);
  });

  test('an action on the whole bucket is refused below a prefix, which cannot limit it', () => {
    expect(problemsOf({ s3: { bucket: 'invoices', prefix: 'a/', actions: ['s3:DeleteBucket'] } })).toMatchObject([
      { problem: expect.stringContaining('cannot be limited to a prefix') },
    ]);
  });

  test.each([
    [['noservice:Get'], ['*'], 'AWS has no service noservice'],
    [['s3:Nothing*'], ['*'], 's3 has no such action'],
    [['*3:GetObject'], ['*'], 'has a wildcard in the service'],
    [['s3:GetObject'], ['invoices'], 'is no ARN'],
    [['s3:GetObject'], ['arn:aws:*:::x'], 'must name one service'],
    [['s3:GetObject'], ['arn:aws:s3:${aws:PrincipalTag/r}::x'], 'policy variable before the fifth colon'],
    [['s3:ListAllMyBuckets'], ['arn:aws:s3:::invoices'], 'takes no resource'],
  ])('statement of %j on %j: %s', (actions, resources, problem) => {
    expect(problemsOf({ statement: { effect: 'Allow', actions, resources } })).toMatchObject([
      { problem: expect.stringContaining(problem) },
    ]);
  });

  test('a condition may not repeat a key that the compiler sets', () => {
    const conditions = { StringEquals: { 'S3:Prefix': ['x'] } };
    expect(problemsOf({ s3: { bucket: 'invoices', prefix: 'a/', access: ['List'], conditions } })).toMatchObject([
      { path: 'spec.grants[0].s3.conditions.StringEquals', problem: expect.stringContaining('may not be repeated') },
    ]);
  });

  test('a condition operator must be one of IAM', () => {
    const conditions = { StringIs: { 'aws:SourceVpc': ['vpc-1'] } };
    expect(problemsOf({ s3: { bucket: 'invoices', access: ['Get'], conditions } })).toMatchObject([
      { problem: expect.stringContaining('no condition operator') },
    ]);
  });
});

test('a value that a manifest needs and nobody gave names its flag, and all are named at once', () => {
  const object = objectOf({
    subject: { serviceAccount: { name: 'web', via: ['IRSA'] } },
    grants: [{ sqs: { queue: 'jobs', access: ['Send'] } }],
  });
  const answer = compileAccess(object, { partition: 'aws' });
  const text = JSON.stringify(answer);
  for (const flag of ['--account-id', '--region', '--cluster-name', '--oidc-issuer']) expect(text).toContain(flag);
});

test('defaults that the schema fills in may be missing', () => {
  const spec = { subject: { serviceAccount: { name: 'web' } }, grants: [{ s3: { bucket: 'one', access: ['Get'] } }] };
  const { metadata, apiVersion, kind, spec: filled } = objectOf(spec);
  const bare: AppAccess = JSON.parse(JSON.stringify({ apiVersion, kind, metadata, spec }));
  expect(filled).not.toEqual(spec);
  expect(compileAccess(bare, SETTINGS)).toEqual(compileAccess(objectOf(spec), SETTINGS));
});

test('a policy too large for IAM is refused with both numbers', () => {
  const grants = Array.from({ length: 50 }, (_, index) => ({
    dynamodb: { table: `${'t'.repeat(200)}${index}`, access: ['Read'] },
  }));
  const answer = compileAccess(objectOf({ subject: { ec2: {} }, grants }), SETTINGS);
  expect(JSON.stringify(answer)).toMatch(
    new RegExp(`policy of \\d{5} characters, and IAM takes ${MAX_INLINE_POLICY_CHARS}`),
  );
});

test('the order of grants and of verbs does not change a byte', () => {
  const grants = [
    { s3: { bucket: 'invoices', prefix: 'a/', access: ['Write', 'Read'] } },
    { s3: { bucket: 'invoices', prefix: 'b/', access: ['Read'] } },
    { dynamodb: { table: 'orders', access: ['Read'] } },
    { name: 'jobs', sqs: { queue: 'jobs', access: ['Consume', 'Send'] } },
    { statement: { effect: 'Deny', actions: ['s3:*'], resources: ['arn:aws:s3:::invoices/secret/*'] } },
  ];
  const compile = (list: unknown) => {
    const answer = compileAccess(objectOf({ subject: { ec2: {} }, grants: list }), SETTINGS);
    return canonicalJson(answer.ok ? answer.desired : answer.problems);
  };
  const wanted = compile(grants);
  fc.assert(
    fc.property(fc.shuffledSubarray(grants, { minLength: grants.length }), (shuffled) => {
      expect(compile(shuffled)).toBe(wanted);
    }),
  );
});

test('grants that differ in more than their actions stay apart', () => {
  const answer = compileAccess(
    objectOf({
      subject: { ec2: {} },
      grants: [{ s3: { bucket: 'one', access: ['Get'] } }, { s3: { bucket: 'two', access: ['Delete'] } }],
    }),
    SETTINGS,
  );
  if (!answer.ok) throw new Error(JSON.stringify(answer.problems));
  const [first, second] = answer.desired.role.inline.appaccess?.Statement ?? [];
  expect([first, second]).toMatchObject([
    { Action: 's3:DeleteObject', Resource: 'arn:aws:s3:::two/*' },
    { Action: 's3:GetObject', Resource: 'arn:aws:s3:::one/*' },
  ]);
});

test('role names of different objects differ, and none is longer than IAM takes', () => {
  const name = fc.stringMatching(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/);
  fc.assert(
    fc.property(name, name, (namespace, own) => {
      const roleName = nameOf(namespace, own);
      expect(roleName.length).toBeLessThanOrEqual(64);
      expect(roleName).toMatch(/^[\w+=,.@-]+$/);
      expect(roleName).not.toBe(nameOf(`${namespace}-x`, own));
    }),
  );
  expect(nameOf('a-b', 'c')).not.toBe(nameOf('a', 'b-c'));
});

function settingsWith(changes: Case['settings']): CompileSettings {
  const given = Object.entries({ ...SETTINGS, ...changes }).filter(([, value]) => value !== null);
  return { partition: 'aws', ...Object.fromEntries(given) };
}

function nameOf(namespace: string, name: string): string {
  const object = objectOf({ subject: { ec2: {} }, grants: [{ s3: { bucket: 'one', access: ['Get'] } }] });
  const answer = compileAccess({ ...object, metadata: { ...object.metadata, namespace, name } }, SETTINGS);
  return answer.ok ? answer.desired.role.name : '';
}

function problemsOf(grant: unknown) {
  const answer = compileAccess(objectOf({ subject: { ec2: {} }, grants: [grant] }), SETTINGS);
  return answer.ok ? [] : answer.problems;
}

function objectOf(spec: unknown): AppAccess {
  const parsed = parseAppAccess({
    apiVersion: 'appaccess.dev/v1alpha1',
    kind: 'AppAccess',
    metadata: { namespace: 'billing', name: 'uploader' },
    spec,
  });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return parsed.appAccess;
}
