import { describe, expect, test } from 'vitest';
import { NOTHING_OBSERVED, type Observation } from '../../../src/plan/observation.ts';
import type { PlanRules } from '../../../src/plan/plan.ts';
import { planAccess } from '../../../src/plan/plan-access.ts';
import { desiredAccess, desiredRole, OWNER_TAGS, observedRole } from '../../support/builders.ts';

const RULES: PlanRules = {
  drift: { mode: 'Repair', unmanaged: 'Remove' },
  alreadyApplied: false,
  knownRoleId: undefined,
  predecessorUids: [],
  heldAccount: undefined,
  known: { permissionsBoundary: undefined, tagKeys: [], policyArns: [] },
};
const NAME = desiredRole().name;
/** Of the same AppAccess in a cluster that this one replaced. */
const THEIR_TAGS = { ...OWNER_TAGS, 'appaccess.dev/cluster-uid': 'cluster-0' };
const OUR_TAG = { 'appaccess.dev/cluster-uid': 'cluster-1' };

function world(change: Partial<Observation>): Observation {
  return { ...NOTHING_OBSERVED, role: observedRole(), ...change };
}

describe('planAccess on what a predecessor of this cluster made', () => {
  const rules = { ...RULES, predecessorUids: ['cluster-x', 'cluster-0'] };
  const tagRole = { kind: 'TagRole', roleName: NAME, tags: OUR_TAG };

  test('writes the tag of this cluster first and once, and goes on as with its own', () => {
    const theirs = observedRole({ tags: THEIR_TAGS, inline: {} });
    expect(planAccess(desiredAccess(), world({ role: theirs }), rules)).toMatchObject({
      actions: [tagRole, { kind: 'PutInlinePolicy', roleName: NAME }],
    });
  });

  test('takes over its instance profile', () => {
    const { name, path } = desiredRole();
    const instanceProfile = { name, path, tags: OWNER_TAGS };
    const found = { ...instanceProfile, arn: 'arn', roleNames: [name], tags: THEIR_TAGS };
    const plan = planAccess(desiredAccess({ instanceProfile }), world({ instanceProfile: found }), rules);
    expect(plan).toMatchObject({ actions: [{ kind: 'TagInstanceProfile', profileName: name, tags: OUR_TAG }] });
    expect(planAccess(desiredAccess({ instanceProfile }), world({ instanceProfile: found }), RULES)).toMatchObject({
      reason: 'InstanceProfileNotOwned',
    });
  });

  test('takes over its association, also one that names another role, but none of an add-on', () => {
    const wanted = { clusterName: 'demo', namespace: 'billing', serviceAccount: 'uploader', tags: OWNER_TAGS };
    const desired = desiredAccess({ podIdentityAssociations: [wanted] });
    const theirs = { ...wanted, id: 'a-1', arn: 'arn-1', roleArn: 'another', tags: THEIR_TAGS };
    expect(planAccess(desired, world({ associations: [theirs] }), rules)).toMatchObject({
      actions: [
        { kind: 'TagAssociation', associationId: 'a-1', arn: 'arn-1', tags: OUR_TAG },
        { kind: 'UpdateAssociation' },
      ],
    });
    const addOn = { ...theirs, ownerArn: 'add-on' };
    expect(planAccess(desired, world({ associations: [addOn] }), rules)).toMatchObject({ reason: 'SubjectTaken' });
    const withOurRole = { ...addOn, roleArn: desired.roleArn };
    expect(planAccess(desired, world({ associations: [withOurRole] }), rules)).toMatchObject({ actions: [] });
  });

  test.each([
    ['outside of our path', { path: '/' }],
    [
      'whose keys differ in case',
      { tags: { ...THEIR_TAGS, 'appaccess.dev/name': '', 'Appaccess.dev/name': 'uploader' } },
    ],
  ])('leaves alone an instance profile %s', (_, change) => {
    const { path } = desiredRole();
    const instanceProfile = { name: NAME, path, arn: 'arn', roleNames: [], tags: THEIR_TAGS, ...change };
    expect(planAccess(desiredAccess(), world({ instanceProfile }), rules)).toMatchObject({ actions: [] });
  });

  test('does not name the setting where it would not help', () => {
    const role = observedRole({ tags: THEIR_TAGS, path: '/' });
    expect(JSON.stringify(planAccess(desiredAccess(), world({ role }), RULES))).not.toContain('--predecessor');
  });

  test.each([
    ['of another object', { tags: { ...THEIR_TAGS, 'appaccess.dev/name': 'other' } }, 'RoleNameTaken', undefined],
    ['of a cluster that is not named', { tags: { ...OWNER_TAGS, ...uid('cluster-2') } }, 'RoleNameTaken', undefined],
    ['outside of our path', { tags: THEIR_TAGS, path: '/' }, 'RoleNameTaken', undefined],
    ['with another id than status has', { tags: THEIR_TAGS, id: 'AROA2' }, 'RoleReplaced', 'AROA1'],
  ] as const)('leaves alone a role %s', (_, change, reason, knownRoleId) => {
    const plan = planAccess(desiredAccess(), world({ role: observedRole(change) }), { ...rules, knownRoleId });
    expect(plan).toMatchObject({ kind: 'Refused', reason });
  });

  test('takes the key of the tag in whatever case it is', () => {
    const { 'appaccess.dev/cluster-uid': theirUid, ...rest } = THEIR_TAGS;
    const role = observedRole({ tags: { ...rest, 'AppAccess.dev/Cluster-UID': theirUid } });
    expect(planAccess(desiredAccess(), world({ role }), rules)).toMatchObject({ actions: [tagRole] });
  });
});

function uid(value: string) {
  return { 'appaccess.dev/cluster-uid': value };
}
