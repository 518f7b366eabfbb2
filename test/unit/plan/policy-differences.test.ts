import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { driftText } from '../../../src/plan/difference.ts';
import { policyDifferences } from '../../../src/plan/policy-differences.ts';
import { samePolicy } from '../../../src/policy/same-policy.ts';
import type { PolicyDocument, PolicyStatement } from '../../../src/policy/types.ts';
import { trust } from '../../support/builders.ts';

const UPLOADS = 'arn:aws:s3:::invoices/uploads/*';
const WRITE: PolicyStatement = {
  Sid: 'Grant1',
  Effect: 'Allow',
  Action: ['s3:AbortMultipartUpload', 's3:PutObject'],
  Resource: UPLOADS,
};
const READ: PolicyStatement = {
  Sid: 'Grant2',
  Effect: 'Allow',
  Action: 'dynamodb:GetItem',
  Resource: 'arn:aws:dynamodb:eu-west-1:123456789012:table/orders',
};

describe('a permissions policy', () => {
  test.each<[string, PolicyDocument | string | undefined, string[]]>([
    ['that is gone', undefined, ['inline policy appaccess was removed']],
    [
      'that is no JSON',
      'nonsense',
      ['inline policy appaccess: is no JSON, must be the policy that the spec compiles to'],
    ],
    [
      'without one of its statements',
      policy(READ),
      [
        `inline policy appaccess: statement that allows s3:AbortMultipartUpload, s3:PutObject on ${UPLOADS} was removed`,
      ],
    ],
    [
      'with a statement too many',
      policy(WRITE, READ, { Effect: 'Allow', Action: '*', Resource: '*' }),
      ['inline policy appaccess: statement that allows * on * was added'],
    ],
    [
      'with an action too many',
      policy({ ...WRITE, Action: ['s3:PutObject', 's3:DeleteObject', 's3:AbortMultipartUpload'] }, READ),
      [`inline policy appaccess, statement on ${UPLOADS}: action s3:DeleteObject was added`],
    ],
    [
      'with another resource',
      policy({ ...WRITE, Resource: 'arn:aws:s3:::invoices/*' }, READ),
      [
        `inline policy appaccess, statement on ${UPLOADS}: resource arn:aws:s3:::invoices/* was added`,
        `inline policy appaccess, statement on ${UPLOADS}: resource ${UPLOADS} was removed`,
      ],
    ],
    [
      'with a resource that differs in case alone',
      policy({ ...WRITE, Resource: UPLOADS.replace('uploads', 'Uploads') }, READ),
      [
        `inline policy appaccess, statement on ${UPLOADS}: resource arn:aws:s3:::invoices/Uploads/* was added`,
        `inline policy appaccess, statement on ${UPLOADS}: resource ${UPLOADS} was removed`,
      ],
    ],
    [
      'with another effect',
      policy({ ...WRITE, Effect: 'Deny' }, READ),
      [`inline policy appaccess, statement on ${UPLOADS}, effect: is Deny, must be Allow`],
    ],
    [
      'with a condition too many',
      policy({ ...WRITE, Condition: { Bool: { 'aws:SecureTransport': 'true' } } }, READ),
      [`inline policy appaccess, statement on ${UPLOADS}: condition Bool aws:securetransport=true was added`],
    ],
    [
      'with another Sid',
      policy({ ...WRITE, Sid: 'Mine' }, READ),
      [`inline policy appaccess, statement on ${UPLOADS}, Sid: is Mine, must be Grant1`],
    ],
    [
      'of another version',
      { ...policy(WRITE, READ), Version: '2008-10-17' },
      ['inline policy appaccess, version: is 2008-10-17, must be 2012-10-17'],
    ],
  ])('%s is told so', (_, observed, words) => {
    expect(policyDifferences('inline policy appaccess', policy(WRITE, READ), observed).map(driftText)).toEqual(words);
  });

  test('that means the same has no difference, however it is written', () => {
    const observed = policy(READ, {
      ...WRITE,
      Resource: [UPLOADS],
      Action: ['S3:putobject', 's3:AbortMultipartUpload'],
    });
    expect(policyDifferences('p', policy(WRITE, READ), observed)).toEqual([]);
  });

  test('with an element that is not known here is told to be another', () => {
    const observed = policy({ ...WRITE, NotPrincipal: '*' } as PolicyStatement, READ);
    expect(policyDifferences('p', policy(WRITE, READ), observed).map(driftText)).toEqual([
      'p: is another, must be the one that the spec compiles to',
    ]);
  });
});

describe('a trust policy', () => {
  test('that lets somebody else in names them', () => {
    const observed = { ...trust(), Statement: [...trust().Statement, ...trust('ec2.amazonaws.com').Statement] };
    expect(policyDifferences('trust policy', trust(), observed).map(driftText)).toEqual([
      'trust policy: statement that lets ec2.amazonaws.com assume the role was added',
    ]);
  });

  test('whose statement names another principal and has lost a condition says both', () => {
    const [statement] = trust().Statement;
    const desired: PolicyDocument = policy({
      ...(statement as PolicyStatement),
      Sid: 'Lambda',
      Condition: { StringEquals: { 'aws:SourceAccount': '123456789012' } },
    });
    const observed = policy({
      ...(statement as PolicyStatement),
      Sid: 'Lambda',
      Principal: { Service: 'lambda.amazonaws.com', AWS: '999999999999' },
    });
    expect(policyDifferences('trust policy', desired, observed).map(driftText)).toEqual([
      'trust policy: principal 999999999999 was added',
      'trust policy: condition StringEquals aws:sourceaccount=123456789012 was removed',
    ]);
  });
});

test('there are differences exactly when the two policies do not mean the same', () => {
  const statement: fc.Arbitrary<PolicyStatement> = fc.record(
    {
      Sid: fc.constantFrom('A', 'B'),
      Effect: fc.constantFrom('Allow', 'Deny'),
      Action: fc.constantFrom('s3:GetObject', 'S3:getobject', ['s3:GetObject'], ['s3:GetObject', 's3:PutObject']),
      Resource: fc.constantFrom('*', ['*'], 'arn:aws:s3:::a', 'arn:aws:s3:::A'),
      Condition: fc.constantFrom(
        { Bool: { 'aws:SecureTransport': 'true' } },
        { Bool: { 'aws:securetransport': ['true'] } },
        { StringEquals: { 'aws:SourceAccount': ['1', '2'] } },
      ),
    },
    { requiredKeys: ['Effect', 'Action', 'Resource'] },
  );
  const document = fc.array(statement, { minLength: 1, maxLength: 4 }).map((statements) => policy(...statements));
  fc.assert(
    fc.property(document, document, (desired, observed) => {
      expect(policyDifferences('p', desired, observed).length === 0).toBe(samePolicy(desired, observed));
    }),
    { numRuns: 2000 },
  );
});

function policy(...Statement: PolicyStatement[]): PolicyDocument {
  return { Version: '2012-10-17', Statement };
}
