import { describe, expect, test } from 'vitest';
import { changeText, driftText } from '../../../src/plan/difference.ts';
import { differencesOf } from '../../../src/plan/differences-of.ts';
import { NOTHING_OBSERVED, type Observation } from '../../../src/plan/observation.ts';
import type { PlanRules } from '../../../src/plan/plan.ts';
import { planAccess } from '../../../src/plan/plan-access.ts';
import type { DesiredAccess } from '../../../src/policy/types.ts';
import { allow, desiredAccess, desiredRole, OWNER_TAGS, observedRole, trust } from '../../support/builders.ts';

const RULES: PlanRules = {
  drift: { mode: 'Repair', unmanaged: 'Remove' },
  alreadyApplied: true,
  knownRoleId: undefined,
  predecessorUids: [],
  heldAccount: undefined,
  known: { permissionsBoundary: undefined, tagKeys: [], policyArns: [] },
};
const READ_ONLY = 'arn:aws:iam::aws:policy/ReadOnlyAccess';
const ADMIN = 'arn:aws:iam::aws:policy/AdministratorAccess';

describe('what somebody did to a role is told in words that name it', () => {
  test.each<[string, Parameters<typeof observedRole>[0], string[]]>([
    [
      'attached policies, in a stable order',
      { attached: [READ_ONLY, ADMIN] },
      [`managed policy ${ADMIN} was added`, `managed policy ${READ_ONLY} was added`],
    ],
    [
      'a foreign inline policy',
      { inline: { appaccess: allow('s3:PutObject'), theirs: allow('s3:GetObject') } },
      ['inline policy theirs was added'],
    ],
    ['a deleted inline policy', { inline: {} }, ['inline policy appaccess was removed']],
    ['a changed tag', { tags: { ...OWNER_TAGS, team: 'a' } }, ['tag team: is "a", must be "b"']],
    ['a missing tag', { tags: OWNER_TAGS }, ['tag team was removed']],
    ['a foreign tag', { tags: { ...OWNER_TAGS, team: 'b', theirs: 'x' } }, ['tag theirs was added']],
    ['another session length', { maxSessionSeconds: 7200 }, ['longest session: is 7200 s, must be 3600 s']],
    ['another description', { description: 'mine' }, ['description: is "mine", must be ""']],
  ])('%s', (_, change, words) => {
    const desired = desiredAccess({ role: desiredRole({ tags: { ...OWNER_TAGS, team: 'b' } }) });
    const role = observedRole({ tags: { ...OWNER_TAGS, team: 'b' }, ...change });
    expect(wordsOf(desired, { ...NOTHING_OBSERVED, role })).toEqual(words);
  });

  test('a boundary', () => {
    const desired = desiredAccess({ role: desiredRole({ permissionsBoundary: READ_ONLY }) });
    const role = observedRole({ permissionsBoundary: ADMIN });
    expect(wordsOf(desired, { ...NOTHING_OBSERVED, role })).toEqual([
      `permissions boundary: is ${ADMIN}, must be ${READ_ONLY}`,
    ]);
  });
});

test('a policy that is narrowed on the way is told once, the way in before what it opens', () => {
  const role = observedRole({
    trust: trust('ec2.amazonaws.com'),
    inline: { appaccess: allow('s3:PutObject', 's3:*') },
  });
  expect(wordsOf(desiredAccess(), { ...NOTHING_OBSERVED, role })).toEqual([
    'trust policy: statement that lets ec2.amazonaws.com assume the role was added',
    'trust policy: statement that lets lambda.amazonaws.com assume the role was removed',
    'inline policy appaccess: statement that allows s3:PutObject on arn:aws:s3:::invoices/uploads/* was removed',
    'inline policy appaccess: statement that allows s3:PutObject, s3:* on arn:aws:s3:::invoices/uploads/* was added',
  ]);
});

test('a managed policy that somebody detached is told, unless the whole role is gone', () => {
  const desired = desiredAccess({ role: desiredRole({ managedPolicyArns: [READ_ONLY] }) });
  const role = observedRole();
  expect(wordsOf(desired, { ...NOTHING_OBSERVED, role })).toEqual([`managed policy ${READ_ONLY} was removed`]);
  expect(wordsOf(desired, NOTHING_OBSERVED)).toEqual([`role ${role.name} was removed`]);
});

test('a role that is gone is told as that alone, and its instance profile beside it', () => {
  const { name, path } = desiredRole();
  const desired = desiredAccess({ instanceProfile: { name, path, tags: OWNER_TAGS } });
  expect(wordsOf(desired, NOTHING_OBSERVED)).toEqual([
    `role ${name} was removed`,
    `instance profile ${name} was removed`,
  ]);
});

test('a change of the spec is told as what comes, goes and becomes', () => {
  const role = observedRole({ inline: { appaccess: allow('s3:GetObject') }, maxSessionSeconds: 7200 });
  expect(differencesIn(desiredAccess(), { ...NOTHING_OBSERVED, role }).map(changeText)).toEqual([
    '- inline policy appaccess: statement that allows s3:GetObject on arn:aws:s3:::invoices/uploads/*',
    '+ inline policy appaccess: statement that allows s3:PutObject on arn:aws:s3:::invoices/uploads/*',
    '~ longest session: 7200 s becomes 3600 s',
  ]);
});

test('no text is longer than 256 characters, and what happened is never cut off', () => {
  const many = Array.from({ length: 100 }, (_, index) => `arn:aws:s3:::${'b'.repeat(60)}${index}`);
  const statement = { Effect: 'Allow', Action: many, Resource: many } as const;
  const role = observedRole({ inline: { appaccess: { Version: '2012-10-17', Statement: [statement] } } });
  const words = wordsOf(desiredAccess(), { ...NOTHING_OBSERVED, role });
  expect(words.every((text) => text.length <= 256 && /(was|were) (added|removed)$/.test(text))).toBe(true);
});

function wordsOf(desired: DesiredAccess, observed: Observation): readonly string[] {
  return differencesIn(desired, observed).map(driftText);
}

function differencesIn(desired: DesiredAccess, observed: Observation) {
  const plan = planAccess(desired, observed, RULES);
  return plan.kind === 'Ready' ? differencesOf(plan.actions, observed) : [];
}
