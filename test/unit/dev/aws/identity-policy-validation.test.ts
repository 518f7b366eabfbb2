import { expect, test } from 'vitest';
import { requireValidIdentityPolicy } from '../../../../src/dev/aws/identity-policy-validation.ts';

const STATEMENT = { Effect: 'Allow', Action: 's3:GetObject', Resource: 'arn:aws:s3:::b/*' };
const documentOf = (...statements: object[]) => JSON.stringify({ Version: '2012-10-17', Statement: statements });

test.each([
  ['one statement outside of a list', JSON.stringify({ Version: '2012-10-17', Statement: STATEMENT })],
  [
    'lists, NotAction and NotResource',
    documentOf({ Effect: 'Deny', NotAction: ['s3:*', 'iam:Get*'], NotResource: '*' }),
  ],
  ['every action', documentOf({ ...STATEMENT, Action: '*' })],
  ['an unknown action, since IAM checks grammar only', documentOf({ ...STATEMENT, Action: 'nosuch:Thing' })],
  [
    'conditions with set operators, IfExists and Null',
    documentOf({
      ...STATEMENT,
      Condition: {
        'ForAllValues:StringLike': { 'aws:TagKeys': ['a', 'b'] },
        BoolIfExists: { 'aws:SecureTransport': true },
        Null: { 'aws:TagKeys': 'false' },
      },
    }),
  ],
  ['empty Sids twice', documentOf({ ...STATEMENT, Sid: '' }, { ...STATEMENT, Sid: '' })],
])('an identity policy may have %s', (_what, document) => {
  expect(() => requireValidIdentityPolicy(document)).not.toThrow();
});

const SYNTAX = 'Syntax errors in policy.';
test.each([
  ['text that is not JSON', 'x', 'The policy is not in the valid JSON format.'],
  ['a list', '[]', 'The policy is not in the valid JSON format.'],
  ['an unknown member', JSON.stringify({ Version: '2012-10-17', Statement: [STATEMENT], Extra: 1 }), SYNTAX],
  ['an unknown version', JSON.stringify({ Version: '2020-01-01', Statement: [STATEMENT] }), SYNTAX],
  ['no statements', documentOf(), SYNTAX],
  ['no effect', documentOf({ Action: 's3:*', Resource: '*' }), SYNTAX],
  ['an unknown statement member', documentOf({ ...STATEMENT, Actions: 'x' }), SYNTAX],
  ['an action that is a number', documentOf({ ...STATEMENT, Action: 1 }), SYNTAX],
  ['Action beside NotAction', documentOf({ ...STATEMENT, NotAction: 's3:*' }), SYNTAX],
  ['an unknown operator', documentOf({ ...STATEMENT, Condition: { StringMatches: { 'aws:a': 'b' } } }), SYNTAX],
  [
    'a condition key without a service',
    documentOf({ ...STATEMENT, Condition: { StringEquals: { a: 'b' } } }),
    'Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.',
  ],
  ['an empty list of actions', documentOf({ ...STATEMENT, Action: [] }), 'Policy statement must contain actions.'],
  [
    'an action with two colons',
    documentOf({ ...STATEMENT, Action: 's3:Get:Object' }),
    'Actions/Condition can contain only one colon.',
  ],
  ['a service with a space', documentOf({ ...STATEMENT, Action: 's 3:GetObject' }), 'Vendor s 3 is not valid'],
  [
    'a Sid with a dash',
    documentOf({ ...STATEMENT, Sid: 'a-b' }),
    'Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the regular expression [0-9A-Za-z]*',
  ],
  [
    'an unknown partition',
    documentOf({ ...STATEMENT, Resource: 'arn:azure:s3:::b' }),
    'Partition "azure" is not valid for resource "arn:azure:s3:::b".',
  ],
])('an identity policy with %s is malformed', (_what, document, message) => {
  expect(() => requireValidIdentityPolicy(document)).toThrow(
    expect.objectContaining({ code: 'MalformedPolicyDocument', status: 400, message }),
  );
});
