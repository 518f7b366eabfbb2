import { describe, expect, test } from 'vitest';
import { NOTHING_OBSERVED, type Observation, type Rival } from '../../../src/plan/observation.ts';
import type { PlanRules } from '../../../src/plan/plan.ts';
import { refuseRivals } from '../../../src/plan/refuse-rivals.ts';
import { desiredAccess, OWNER_TAGS, observedRole } from '../../support/builders.ts';

const RIVAL: Rival = {
  namespace: 'billing',
  name: 'rival',
  roleArn: 'arn:aws:iam::123456789012:role/rival',
  claims: ['ServiceAccount'],
  goesFirst: true,
};
const DESIRED = desiredAccess({
  podIdentityAssociations: [{ clusterName: 'demo', namespace: 'billing', serviceAccount: 'web', tags: OWNER_TAGS }],
});
const RULES: Pick<PlanRules, 'knownRoleId' | 'heldAccount'> = { knownRoleId: undefined, heldAccount: undefined };

function association(roleArn: string) {
  const key = { clusterName: 'demo', namespace: 'billing', serviceAccount: 'web' };
  return { ...key, id: 'a-1', arn: 'arn', roleArn, tags: {} };
}

function account(change: { roleArn?: string; annotatedByUs?: boolean }) {
  return { namespace: 'billing', name: 'web', uid: 'u', annotatedByUs: false, ...change };
}

function reason(change: Partial<Observation>, rules: Partial<typeof RULES> = {}) {
  const observed = { ...NOTHING_OBSERVED, rivals: [RIVAL], ...change };
  return refuseRivals(DESIRED, observed, { ...RULES, ...rules } as PlanRules)?.reason;
}

describe('refuseRivals for a service account', () => {
  test('keeps it for the rival that goes first, as long as nobody has it', () => {
    expect(reason({})).toBe('SubjectTaken');
    expect(reason({ rivals: [{ ...RIVAL, goesFirst: false }] })).toBeUndefined();
  });

  test('leaves it to whoever has it in AWS, though the other goes first', () => {
    const late = [{ ...RIVAL, goesFirst: false }];
    expect(reason({ associations: [association(DESIRED.roleArn)] })).toBeUndefined();
    expect(reason({ rivals: late, associations: [association(RIVAL.roleArn)] })).toBe('SubjectTaken');
  });

  test('leaves it to whoever has annotated it, though the other goes first', () => {
    const late = [{ ...RIVAL, goesFirst: false }];
    const ours = account({ roleArn: DESIRED.roleArn, annotatedByUs: true });
    expect(reason({ serviceAccounts: [ours] })).toBeUndefined();
    expect(reason({ rivals: late, serviceAccounts: [account({ roleArn: RIVAL.roleArn })] })).toBe('SubjectTaken');
  });

  test('keeps it for the one that had it when somebody else took it away in AWS', () => {
    expect(reason({}, { heldAccount: 'web' })).toBeUndefined();
    expect(reason({ associations: [association(RIVAL.roleArn)] }, { heldAccount: 'web' })).toBe('SubjectTaken');
  });
});

describe('refuseRivals for a role name', () => {
  const rivals = [{ ...RIVAL, claims: ['RoleName'] as const }];

  test('keeps it for the rival that goes first, as long as there is no role', () => {
    expect(reason({ rivals })).toBe('RoleNameTaken');
    expect(reason({ rivals, role: observedRole() })).toBeUndefined();
  });

  test('keeps it for the one whose role was deleted by somebody else', () => {
    expect(reason({ rivals }, { knownRoleId: 'AROA1' })).toBeUndefined();
  });
});
