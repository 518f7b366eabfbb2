import { describe, expect, test } from 'vitest';
import { samePolicy } from '../../../src/policy/same-policy.ts';
import type { PolicyDocument } from '../../../src/policy/types.ts';

/** As it comes from the wire: any spelling that IAM takes. */
function policy(...statements: unknown[]): PolicyDocument {
  return JSON.parse(JSON.stringify({ Version: '2012-10-17', Statement: statements }));
}

const READ = {
  Effect: 'Allow',
  Action: ['s3:GetObject', 's3:ListBucket'],
  Resource: ['arn:aws:s3:::a', 'arn:aws:s3:::b'],
};
const WRITE = { Effect: 'Allow', Action: 's3:PutObject', Resource: 'arn:aws:s3:::a/*' };

describe('samePolicy holds for', () => {
  test.each<[string, PolicyDocument, PolicyDocument]>([
    ['statements in another order', policy(READ, WRITE), policy(WRITE, READ)],
    ['members in another order', policy(READ), policy({ ...READ, Action: [...READ.Action].reverse() })],
    ['a member that stands twice', policy(READ), policy({ ...READ, Resource: [...READ.Resource, 'arn:aws:s3:::a'] })],
    ['a lone string and a list of one', policy(WRITE), policy({ ...WRITE, Action: ['s3:PutObject'] })],
    ['one statement without its list', policy(WRITE), { ...policy(), Statement: WRITE as never }],
    ['actions in another case', policy(WRITE), policy({ ...WRITE, Action: 'S3:putobject' })],
    ['an empty Sid and none', policy(WRITE), policy({ ...WRITE, Sid: '' })],
    ['keys of objects in another order', policy(WRITE), policy(Object.fromEntries(Object.entries(WRITE).reverse()))],
    [
      'condition keys in another case and order',
      policy({ ...WRITE, Condition: { StringEquals: { 'aws:SourceAccount': '1', 'aws:SourceVpc': ['b', 'a'] } } }),
      policy({ ...WRITE, Condition: { StringEquals: { 'AWS:sourcevpc': ['a', 'b'], 'aws:sourceaccount': ['1'] } } }),
    ],
    [
      'booleans and numbers with and without quotes',
      policy({
        ...WRITE,
        Condition: { Bool: { 'aws:SecureTransport': 'true' }, NumericEquals: { 's3:max-keys': '1' } },
      }),
      policy({ ...WRITE, Condition: { Bool: { 'aws:SecureTransport': true }, NumericEquals: { 's3:max-keys': 1 } } }),
    ],
    [
      'an account and its root',
      policy({ Effect: 'Allow', Principal: { AWS: '111122223333' }, Action: 'sts:AssumeRole' }),
      policy({ Effect: 'Allow', Principal: { AWS: ['arn:aws:iam::111122223333:root'] }, Action: 'sts:AssumeRole' }),
    ],
    ['a text that is no JSON and itself', 'not { JSON' as never, 'not { JSON' as never],
  ])('%s', (_, a, b) => {
    expect([samePolicy(a, b), samePolicy(b, a)]).toEqual([true, true]);
  });
});

describe('samePolicy tells apart', () => {
  test.each<[string, PolicyDocument | string, PolicyDocument | string]>([
    ['effects', policy(WRITE), policy({ ...WRITE, Effect: 'Deny' })],
    ['actions', policy(WRITE), policy({ ...WRITE, Action: 's3:PutObject*' })],
    ['resources that differ in case', policy(WRITE), policy({ ...WRITE, Resource: 'arn:aws:s3:::A/*' })],
    ['Sids', policy({ ...WRITE, Sid: 'A' }), policy({ ...WRITE, Sid: 'B' })],
    ['Action and NotAction', policy(WRITE), policy({ ...WRITE, Action: undefined, NotAction: 's3:PutObject' })],
    ['a statement more', policy(READ), policy(READ, WRITE)],
    ['a statement that stands twice', policy(WRITE), policy(WRITE, WRITE)],
    [
      'the role of a name and the id that stays of a deleted one',
      policy({ Effect: 'Allow', Principal: { AWS: 'arn:aws:iam::111122223333:role/a' }, Action: 'sts:AssumeRole' }),
      policy({ Effect: 'Allow', Principal: { AWS: 'AROAEXAMPLE' }, Action: 'sts:AssumeRole' }),
    ],
    [
      'values of conditions that differ in case',
      policy({ ...WRITE, Condition: { StringEquals: { 'aws:SourceVpc': 'vpc-a' } } }),
      policy({ ...WRITE, Condition: { StringEquals: { 'aws:SourceVpc': 'vpc-A' } } }),
    ],
    [
      'a condition key that stands twice but for its case',
      policy({ ...WRITE, Condition: { StringEquals: { 'aws:SourceVpc': 'a' } } }),
      policy({ ...WRITE, Condition: { StringEquals: { 'aws:sourcevpc': 'b', 'aws:SourceVpc': 'a' } } }),
    ],
    ['operators', policy({ ...WRITE, Condition: { Bool: {} } }), policy({ ...WRITE, Condition: { Null: {} } })],
    ['an element that nobody knows', policy(WRITE), policy({ ...WRITE, NotPrincipal: { AWS: '*' } })],
    ['versions', policy(WRITE), { ...policy(WRITE), Version: '2008-10-17' }],
    ['a document without statements', policy(WRITE), { Version: '2012-10-17' } as never],
    ['a text that is no JSON', policy(WRITE), ''],
  ])('%s', (_, a, b) => {
    expect([samePolicy(a, b), samePolicy(b, a)]).toEqual([false, false]);
  });
});
