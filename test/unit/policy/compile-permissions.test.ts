import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { AppAccess } from '../../../src/api/app-access.ts';
import { compilePermissions } from '../../../src/policy/compile-permissions.ts';

const SETTINGS = { partition: 'aws', accountId: '111122223333', region: 'eu-west-1', clusterName: 'demo' };
const CHINESE_KEY = 'arn:aws-cn:kms:cn-north-1:111122223333:key/1';

/** `grants` of an EC2 subject that no schema has looked at. */
function unchecked(...grants: unknown[]): AppAccess {
  return JSON.parse(
    JSON.stringify({
      apiVersion: 'appaccess.dev/v1alpha1',
      kind: 'AppAccess',
      metadata: { namespace: 'billing', name: 'uploader' },
      spec: { subject: { ec2: {} }, grants },
    }),
  );
}

function problemsOf(...grants: unknown[]) {
  return compilePermissions(unchecked(...grants), SETTINGS).problems;
}

/** What is a pattern or a variable in the policy of `grant`, once the variables that stand for one character are out. */
function patternsOf(grant: unknown): readonly string[] {
  const { document } = compilePermissions(unchecked(grant), SETTINGS);
  const bare = JSON.stringify(document.Statement.map(({ Resource, Condition }) => [Resource, Condition])).replace(
    /\$\{[*?$]\}/g,
    '_',
  );
  return bare.match(/[*?]|\$\{/g) ?? [];
}

const KINDS = [
  ['s3.bucket', (text: string) => ({ s3: { bucket: text, access: ['Read', 'Write'], kmsKey: text } })],
  ['s3.prefix', (text: string) => ({ s3: { bucket: 'b', prefix: `a${text}/`, access: ['Read'], kmsKey: text } })],
  ['dynamodb.table', (text: string) => ({ dynamodb: { table: text, access: ['Read'], kmsKey: text } })],
  ['sqs.queue', (text: string) => ({ sqs: { queue: text, access: ['Consume'], kmsKey: text } })],
  ['kms.key', (text: string) => ({ kms: { key: text, access: ['Decrypt'] } })],
  ['logs.logGroup', (text: string) => ({ logs: { logGroup: text, access: ['Read', 'Write'], kmsKey: text } })],
  ['s3.key', (text: string) => ({ s3: { bucket: 'b', key: text, access: ['Read'], kmsKey: text } })],
  ['dynamodb.index', (text: string) => ({ dynamodb: { table: 't', index: text, access: ['Read'] } })],
  ['sns.topic', (text: string) => ({ sns: { topic: text, access: ['Publish'], kmsKey: text } })],
  ['secretsmanager.secret', (text: string) => ({ secretsmanager: { secret: text, access: ['Read'], kmsKey: text } })],
  ['ssm.parameter', (text: string) => ({ ssm: { parameter: text, access: ['Write'], kmsKey: text } })],
  ['ssm.path', (text: string) => ({ ssm: { path: text, access: ['Read'], kmsKey: text } })],
  ['lambda.function', (text: string) => ({ lambda: { function: text, qualifier: text, access: ['Invoke'] } })],
  ['events.bus', (text: string) => ({ events: { bus: text, access: ['Put'] } })],
  ['kinesis.stream', (text: string) => ({ kinesis: { stream: text, access: ['Subscribe'], kmsKey: text } })],
  ['states.stateMachine', (text: string) => ({ states: { stateMachine: text, access: ['Read'], kmsKey: text } })],
  ['accountId, region', (text: string) => ({ sqs: { queue: 'q', accountId: text, region: text, access: ['Send'] } })],
] as const;

describe('a name never becomes a pattern or a variable, even where no schema refused it', () => {
  test.each(KINDS)('%s', (_, grantOf) => {
    const nasty = fc.array(
      fc.constantFrom('*', '?', '$', '{', '}', '${', '${aws:username}', '${*}', 'a', ':', '/', '.'),
    );
    const wanted = patternsOf(grantOf('plain'));
    fc.assert(
      fc.property(nasty, (parts) => {
        expect(patternsOf(grantOf(`x${parts.join('')}`))).toEqual(wanted);
      }),
    );
  });
});

describe('compilePermissions names each problem once', () => {
  test('a condition operator that IAM does not have, in a grant of two kinds of resource', () => {
    const conditions = { StringIs: { 'aws:SourceVpc': ['vpc-1'] } };
    expect(problemsOf({ s3: { bucket: 'invoices', access: ['Read'], conditions } })).toEqual([
      {
        path: 'spec.grants[0].s3.conditions.StringIs',
        problem: 'StringIs is no condition operator of IAM; write one such as StringEquals',
      },
    ]);
  });
});

describe('compilePermissions refuses what lies in another partition', () => {
  test.each([
    ['key of a bucket', { s3: { bucket: 'invoices', access: ['Get'], kmsKey: CHINESE_KEY } }, 's3.kmsKey'],
    ['key itself', { kms: { key: CHINESE_KEY, access: ['Decrypt'] } }, 'kms.key'],
  ])('%s', (_, grant, field) => {
    expect(problemsOf(grant)).toEqual([
      {
        path: `spec.grants[0].${field}`,
        problem: 'is not in partition aws; give an ARN that starts with arn:aws:',
      },
    ]);
  });

  test('resource of a statement', () => {
    const statement = {
      effect: 'Allow',
      actions: ['s3:GetObject'],
      resources: ['arn:aws-cn:s3:::x/*', 'arn:*:s3:::y/*'],
    };
    expect(problemsOf({ statement })).toEqual([
      {
        path: 'spec.grants[0].statement.resources[0]',
        problem: 'arn:aws-cn:s3:::x/* is not in partition aws; give an ARN that starts with arn:aws:',
      },
    ]);
  });
});

describe('a statement grant', () => {
  test('that another grant repeats stands in the policy once', () => {
    const grant = { statement: { effect: 'Deny', notActions: ['s3:*'], resources: ['*'] } };
    expect(compilePermissions(unchecked(grant, grant), SETTINGS).document.Statement).toMatchObject([
      { Effect: 'Deny', NotAction: 's3:*', Resource: '*' },
    ]);
  });

  test('is compiled in the published spelling of its actions', () => {
    const actions = ['S3:getobject', 's3:GetObject', 'S3:list*', '*'];
    const grant = { statement: { effect: 'Deny', actions, resources: ['*'] } };
    expect(compilePermissions(unchecked(grant), SETTINGS).document.Statement).toMatchObject([
      { Action: ['*', 's3:GetObject', 's3:list*'] },
    ]);
  });

  test.each(['Allow', 'Deny'])('is refused when its %s cannot touch the ARN it names', (effect) => {
    const grant = { statement: { effect, actions: ['s3:ListAllMyBuckets'], resources: ['arn:aws:s3:::invoices'] } };
    expect(problemsOf(grant)).toEqual([
      {
        path: 'spec.grants[0].statement.actions[0]',
        problem: 's3:ListAllMyBuckets takes no resource; put it into a statement of its own on "*"',
      },
    ]);
  });
});
