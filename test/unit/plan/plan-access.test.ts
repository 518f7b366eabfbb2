import { describe, expect, test } from 'vitest';
import { driftText } from '../../../src/plan/difference.ts';
import { differencesOf } from '../../../src/plan/differences-of.ts';
import { NOTHING_OBSERVED, type Observation } from '../../../src/plan/observation.ts';
import type { PlanRules } from '../../../src/plan/plan.ts';
import { planAccess } from '../../../src/plan/plan-access.ts';
import type { PolicyDocument } from '../../../src/policy/types.ts';
import { allow, desiredAccess, desiredRole, OWNER_TAGS, observedRole, trust } from '../../support/builders.ts';

const RULES: PlanRules = {
  drift: { mode: 'Repair', unmanaged: 'Remove' },
  alreadyApplied: false,
  knownRoleId: undefined,
  predecessorUids: [],
  heldAccount: undefined,
  known: { permissionsBoundary: undefined, tagKeys: [], policyArns: [] },
};
const NAME = desiredRole().name;
const SSM_ARN = 'arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore';
const READ_ONLY_ARN = 'arn:aws:iam::aws:policy/ReadOnlyAccess';
const ADMIN_ARN = 'arn:aws:iam::aws:policy/AdministratorAccess';
const DENY_ALL_ARN = 'arn:aws:iam::aws:policy/AWSDenyAll';
/** Of the same AppAccess in a cluster that this one may have replaced. */
const THEIR_TAGS = { ...OWNER_TAGS, 'appaccess.dev/cluster-uid': 'cluster-0' };
const attach = (policyArn: string) => ({ kind: 'AttachManagedPolicy', roleName: NAME, policyArn });
const detach = (policyArn: string) => ({ kind: 'DetachManagedPolicy', roleName: NAME, policyArn });

function world(change: Partial<Observation> = {}): Observation {
  return { ...NOTHING_OBSERVED, role: observedRole(), ...change };
}

describe('planAccess on the role', () => {
  test('makes an absent role with two writes', () => {
    const desired = desiredAccess();
    expect(planAccess(desired, NOTHING_OBSERVED, RULES)).toEqual({
      kind: 'Ready',
      actions: [
        { kind: 'CreateRole', role: desired.role },
        { kind: 'PutInlinePolicy', roleName: NAME, policyName: 'appaccess', document: allow('s3:PutObject') },
      ],
      reported: [],
      waiting: [],
    });
  });

  test('returns no action when observed equals desired', () => {
    expect(actions(world())).toEqual([]);
  });

  test('does not mind a lone string for a list, another order or another case of action names', () => {
    const shuffled = {
      Version: '2012-10-17',
      Statement: [{ Resource: ['arn:aws:s3:::invoices/uploads/*'], Action: 's3:putobject', Effect: 'Allow' as const }],
    };
    expect(actions(world({ role: observedRole({ inline: { appaccess: shuffled } }) }))).toEqual([]);
  });

  test('attaches managed policies last, so that the role carries its inline policy before', () => {
    const desired = desiredAccess({ role: desiredRole({ managedPolicyArns: [SSM_ARN] }) });
    const plan = planAccess(desired, NOTHING_OBSERVED, RULES);
    expect(plan).toMatchObject({
      actions: [{ kind: 'CreateRole' }, { kind: 'PutInlinePolicy' }, attach(SSM_ARN)],
    });
  });

  test('tells a managed policy that the last spec named from one that somebody else attached', () => {
    const observed = world({ role: observedRole({ attached: [SSM_ARN, READ_ONLY_ARN] }) });
    const rules = {
      ...RULES,
      known: { ...RULES.known, policyArns: [SSM_ARN] },
      drift: { mode: 'Repair', unmanaged: 'Report' },
    } as const;
    expect(planAccess(desiredAccess(), observed, rules)).toMatchObject({
      actions: [detach(SSM_ARN)],
      reported: [detach(READ_ONLY_ARN)],
    });
  });

  test('attaches a desired managed policy that is gone, and leaves one that is there', () => {
    const desired = desiredAccess({ role: desiredRole({ managedPolicyArns: [READ_ONLY_ARN, SSM_ARN] }) });
    const observed = world({ role: observedRole({ attached: [SSM_ARN] }) });
    expect(planAccess(desired, observed, RULES)).toMatchObject({ actions: [attach(READ_ONLY_ARN)], reported: [] });
  });

  test('sees a foreign inline policy whatever its name is', () => {
    const inline = Object.fromEntries(['constructor', 'toString', '__proto__'].map((name) => [name, allow('s3:*')]));
    const observed = world({ role: observedRole({ inline: { ...observedRole().inline, ...inline } }) });
    expect(actions(observed).map((action) => 'policyName' in action && action.policyName)).toEqual(Object.keys(inline));
  });

  test('leaves what a responder puts there: policies of AWS that only deny', () => {
    const attached = ['AWSDenyAll', 'AWSCompromisedKeyQuarantineV3'].map((name) => `arn:aws:iam::aws:policy/${name}`);
    expect(actions(world({ role: observedRole({ attached }) }))).toEqual([]);
  });

  test('takes a managed policy for the one it wants whatever the case of its ARN', () => {
    const desired = desiredAccess({ role: desiredRole({ managedPolicyArns: [SSM_ARN.toLowerCase()] }) });
    const observed = world({ role: observedRole({ attached: [SSM_ARN] }) });
    expect(planAccess(desired, observed, RULES)).toMatchObject({ actions: [], reported: [] });
  });

  test('detaches before trust changes and attaches after', () => {
    const role = desiredRole({ inline: {}, managedPolicyArns: [READ_ONLY_ARN] });
    const observed = world({ role: observedRole({ trust: trust('ec2.amazonaws.com'), attached: [SSM_ARN] }) });
    expect(
      planAccess(desiredAccess({ role }), observed, {
        ...RULES,
        known: { permissionsBoundary: undefined, tagKeys: [], policyArns: [SSM_ARN] },
      }),
    ).toMatchObject({
      actions: [
        { kind: 'DeleteInlinePolicy', policyName: 'appaccess' },
        detach(SSM_ARN),
        { kind: 'UpdateTrustPolicy' },
        attach(READ_ONLY_ARN),
      ],
    });
  });

  const ec2 = trust('ec2.amazonaws.com');
  const put = (document: PolicyDocument) => ({
    kind: 'PutInlinePolicy',
    roleName: NAME,
    policyName: 'appaccess',
    document,
  });

  test('shuts the role while trust and boundary both change, for what is attached would be open to the wrong ones', () => {
    const role = observedRole({ trust: ec2, permissionsBoundary: READ_ONLY_ARN, attached: [SSM_ARN] });
    const desired = desiredAccess({
      role: desiredRole({ permissionsBoundary: ADMIN_ARN, managedPolicyArns: [SSM_ARN] }),
    });
    expect(planAccess(desired, world({ role }), RULES)).toMatchObject({
      actions: [
        put(policyOf('Deny', '*', '*')),
        { kind: 'TagRole' },
        { kind: 'PutBoundary', policyArn: ADMIN_ARN },
        { kind: 'UpdateTrustPolicy' },
        put(allow('s3:PutObject')),
      ],
    });
  });

  test('opens a role without an inline policy again by deleting the one that shut it', () => {
    const role = observedRole({ trust: ec2, permissionsBoundary: READ_ONLY_ARN, attached: [SSM_ARN], inline: {} });
    const desired = desiredAccess({
      role: desiredRole({ permissionsBoundary: ADMIN_ARN, managedPolicyArns: [SSM_ARN], inline: {} }),
    });
    const plan = planAccess(desired, world({ role }), RULES);
    expect(plan).toMatchObject({
      actions: [
        put(policyOf('Deny', '*', '*')),
        { kind: 'TagRole' },
        { kind: 'PutBoundary' },
        { kind: 'UpdateTrustPolicy' },
        { kind: 'DeleteInlinePolicy', policyName: 'appaccess' },
      ],
    });
    if (plan.kind !== 'Ready') throw new Error(plan.message);
    expect(differencesOf(plan.actions, world({ role })).map(driftText).join()).not.toContain('inline policy');
  });

  test('attaches AWS policies that only deny before anything else, and detaches them after all else', () => {
    const role = observedRole({ attached: [DENY_ALL_ARN], inline: { appaccess: allow('s3:GetObject') } });
    const rules = { ...RULES, known: { ...RULES.known, policyArns: [DENY_ALL_ARN] } };
    expect(planAccess(desiredAccess(), world({ role }), rules)).toMatchObject({
      actions: [put(allow('s3:PutObject')), detach(DENY_ALL_ARN)],
    });
    const wanted = desiredAccess({ role: desiredRole({ managedPolicyArns: [DENY_ALL_ARN, SSM_ARN] }) });
    const before = observedRole({ inline: { appaccess: allow('s3:GetObject') } });
    expect(planAccess(wanted, world({ role: before }), RULES)).toMatchObject({
      actions: [attach(DENY_ALL_ARN), put(allow('s3:PutObject')), attach(SSM_ARN)],
    });
    expect(planAccess(wanted, NOTHING_OBSERVED, RULES)).toMatchObject({
      actions: [{ kind: 'CreateRole' }, put(allow('s3:PutObject')), attach(DENY_ALL_ARN), attach(SSM_ARN)],
    });
  });

  test('takes a policy that also denies off after the ones that only allow', () => {
    const mixed = mixedPolicy('s3:DeleteObject');
    const role = observedRole({ inline: { ...observedRole().inline, a: mixed, b: allow('s3:DeleteObject') } });
    expect(actions(world({ role })).map((action) => 'policyName' in action && action.policyName)).toEqual(['b', 'a']);
  });

  test('shuts the role while two policies go of which each may deny what the other allows', () => {
    const inline = { a: mixedPolicy('s3:DeleteObject'), b: mixedPolicy('s3:PutObject') };
    expect(actions(world({ role: observedRole({ inline: { ...observedRole().inline, ...inline } }) }))).toMatchObject([
      put(policyOf('Deny', '*', '*')),
      { policyName: 'a' },
      { policyName: 'b' },
      put(allow('s3:PutObject')),
    ]);
  });

  test('knows an earlier managed policy of ours whatever the case of its ARN', () => {
    const drift = { mode: 'Repair', unmanaged: 'Report' } as const;
    const rules = { ...RULES, drift, known: { ...RULES.known, policyArns: [SSM_ARN.toLowerCase()] } };
    const role = observedRole({ attached: [SSM_ARN] });
    expect(planAccess(desiredAccess(), world({ role }), rules)).toMatchObject({ actions: [detach(SSM_ARN)] });
  });

  test('replaces a changed permissions policy with one write', () => {
    const role = observedRole({ inline: { appaccess: allow('s3:GetObject') } });
    expect(actions(world({ role }))).toEqual([
      { kind: 'PutInlinePolicy', roleName: NAME, policyName: 'appaccess', document: allow('s3:PutObject') },
    ]);
  });

  test('narrows permissions to what both states grant before trust changes, and widens after', () => {
    const role = observedRole({ trust: trust('ec2.amazonaws.com'), inline: { appaccess: allow('s3:GetObject') } });
    expect(actions(world({ role }))).toEqual([
      { kind: 'DeleteInlinePolicy', roleName: NAME, policyName: 'appaccess' },
      { kind: 'UpdateTrustPolicy', roleName: NAME, document: trust() },
      { kind: 'PutInlinePolicy', roleName: NAME, policyName: 'appaccess', document: allow('s3:PutObject') },
    ]);
  });

  test('removes foreign tags and policies', () => {
    const role = observedRole({
      attached: ['arn:aws:iam::aws:policy/ReadOnlyAccess'],
      inline: { appaccess: allow('s3:PutObject'), extra: allow('s3:GetObject') },
      tags: { ...OWNER_TAGS, team: 'red' },
    });
    expect(actions(world({ role }))).toEqual([
      { kind: 'UntagRole', roleName: NAME, keys: ['team'] },
      { kind: 'DetachManagedPolicy', roleName: NAME, policyArn: 'arn:aws:iam::aws:policy/ReadOnlyAccess' },
      { kind: 'DeleteInlinePolicy', roleName: NAME, policyName: 'extra' },
    ]);
  });

  test('leaves alone what a responder put there: a Deny-only policy, a boundary, a quarantine tag', () => {
    const deny = { Version: '2012-10-17', Statement: [{ Effect: 'Deny' as const, Action: '*', Resource: '*' }] };
    const role = observedRole({
      inline: { appaccess: allow('s3:PutObject'), AWSRevokeOlderSessions: deny },
      permissionsBoundary: 'arn:aws:iam::123456789012:policy/quarantine',
      tags: { ...OWNER_TAGS, 'Quarantine-Case': '7' },
    });
    expect(actions(world({ role }))).toEqual([]);
  });

  test('leaves a quarantine tag as it is, although a spec from before such keys were refused had it, or has it', () => {
    const tags = { ...OWNER_TAGS, Quarantine: 'incident-42' };
    const known = { ...RULES.known, tagKeys: ['quarantine'] };
    expect(actions(world({ role: observedRole({ tags }) }), { known })).toEqual([]);
    const desired = desiredAccess({ role: desiredRole({ tags: { ...OWNER_TAGS, quarantine: 'no' } }) });
    expect(planAccess(desired, world({ role: observedRole({ tags }) }), RULES)).toMatchObject({ actions: [] });
  });

  test('removes the boundary that it applied itself once the spec has none, last of all', () => {
    const boundary = 'arn:aws:iam::123456789012:policy/limit';
    const role = observedRole({ permissionsBoundary: boundary, inline: {} });
    expect(actions(world({ role }), { known: { permissionsBoundary: boundary, tagKeys: [], policyArns: [] } })).toEqual(
      [
        { kind: 'PutInlinePolicy', roleName: NAME, policyName: 'appaccess', document: allow('s3:PutObject') },
        { kind: 'DeleteBoundary', roleName: NAME },
      ],
    );
  });

  test('takes a released role back by removing the mark', () => {
    const role = observedRole({ tags: { ...OWNER_TAGS, 'appaccess.dev/released': '2026-01-01T00:00:00Z' } });
    expect(actions(world({ role }), { drift: { mode: 'Repair', unmanaged: 'Report' } })).toEqual([
      { kind: 'UntagRole', roleName: NAME, keys: ['appaccess.dev/released'] },
    ]);
  });
});

describe('planAccess with drift that is only to be reported', () => {
  test('reports and does not write when the spec was applied already', () => {
    const role = observedRole({ inline: {} });
    const plan = planAccess(desiredAccess(), world({ role }), {
      ...RULES,
      alreadyApplied: true,
      drift: { mode: 'Report', unmanaged: 'Remove' },
    });
    const put = { kind: 'PutInlinePolicy', roleName: NAME, policyName: 'appaccess', document: allow('s3:PutObject') };
    expect(plan).toEqual({ kind: 'Ready', actions: [], reported: [put], waiting: [] });
  });

  test('writes a changed spec even so', () => {
    const rules = { drift: { mode: 'Report', unmanaged: 'Remove' } } as const;
    expect(actions(world({ role: observedRole({ inline: {} }) }), rules)).toHaveLength(1);
  });

  test('takes a released role back even so, and tells no difference of it', () => {
    const released = { ...OWNER_TAGS, 'appaccess.dev/released': '2026-01-01T00:00:00Z' };
    const observed = world({ role: observedRole({ tags: released }) });
    const plan = planAccess(desiredAccess(), observed, {
      ...RULES,
      alreadyApplied: true,
      drift: { mode: 'Report', unmanaged: 'Report' },
    });
    const untag = { kind: 'UntagRole', roleName: NAME, keys: ['appaccess.dev/released'] } as const;
    expect(plan).toMatchObject({ actions: [untag], reported: [] });
    expect(differencesOf([untag], observed)).toEqual([]);
  });

  test('leaves foreign policies and says so', () => {
    const role = observedRole({ attached: ['arn:aws:iam::aws:policy/ReadOnlyAccess'] });
    const plan = planAccess(desiredAccess(), world({ role }), {
      ...RULES,
      drift: { mode: 'Repair', unmanaged: 'Report' },
    });
    expect(plan).toMatchObject({ actions: [], reported: [{ kind: 'DetachManagedPolicy' }] });
  });
});

describe('planAccess on what is not ours', () => {
  test.each([
    ['RoleNotOwned', observedRole({ tags: {} }), undefined],
    ['RoleNotOwned', observedRole({ path: '/', tags: {} }), undefined],
    ['RoleNameTaken', observedRole({ tags: { ...OWNER_TAGS, 'appaccess.dev/name': 'other' } }), undefined],
    ['RoleNameTaken', observedRole({ tags: { ...OWNER_TAGS, 'appaccess.dev/cluster-uid': 'cluster-2' } }), undefined],
    ['RoleReplaced', observedRole({ id: 'AROA2' }), 'AROA1'],
  ] as const)('refuses with %s and plans no write', (reason, role, knownRoleId) => {
    expect(planAccess(desiredAccess(), world({ role }), { ...RULES, knownRoleId })).toMatchObject({
      kind: 'Refused',
      reason,
    });
  });

  test('names the setting that takes over a role of the same name in another cluster', () => {
    const plan = planAccess(desiredAccess(), world({ role: observedRole({ tags: THEIR_TAGS }) }), RULES);
    expect(plan).toMatchObject({
      reason: 'RoleNameTaken',
      message: expect.stringContaining('start the controller with --predecessor-cluster-uids cluster-0,'),
    });
  });

  test('names the holder of a role name only within its own namespace', () => {
    const theirs = observedRole({
      tags: { ...OWNER_TAGS, 'appaccess.dev/namespace': 'secret', 'appaccess.dev/name': 'x' },
    });
    const plan = planAccess(desiredAccess(), world({ role: theirs }), RULES);
    expect(JSON.stringify(plan)).not.toContain('secret');
  });
});

function actions(observed: Observation, rules: Partial<PlanRules> = {}) {
  const plan = planAccess(desiredAccess(), observed, { ...RULES, ...rules });
  if (plan.kind !== 'Ready') throw new Error(plan.message);
  return plan.actions;
}

function policyOf(Effect: 'Allow' | 'Deny', Action: string, Resource: string): PolicyDocument {
  return { Version: '2012-10-17', Statement: [{ Effect, Action, Resource }] };
}

function mixedPolicy(denied: string): PolicyDocument {
  const { Statement } = policyOf('Deny', denied, '*');
  return { Version: '2012-10-17', Statement: [...allow('s3:*').Statement, ...Statement] };
}
