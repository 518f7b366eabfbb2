import { describe, expect, test } from 'vitest';
import type { Action } from '../../../src/plan/actions.ts';
import { keptRole } from '../../../src/reconcile/role-status.ts';
import { ACCOUNT, appAccess, desiredRole } from '../../support/builders.ts';

const ROLE = desiredRole();
const SSM = 'arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore';
const READ = 'arn:aws:iam::aws:policy/ReadOnlyAccess';
const LIMIT = `arn:aws:iam::${ACCOUNT}:policy/limit`;
const roleName = ROLE.name;
const found = { arn: `arn:aws:iam::${ACCOUNT}:role/appaccess/demo/billing/${roleName}`, id: 'AROA1' };
const named = { name: roleName, ...found };
const object = appAccess({
  spec: { role: { tags: { team: 'red', stage: 'test' } } },
  status: { role: { ...named, managedPolicyArns: [SSM], tagKeys: ['stage'], permissionsBoundary: READ } },
});
const before = object.status?.role;

describe('status.role after a pass that failed on its way', () => {
  test.each<[string, Action, object]>([
    [
      'names a policy that was attached',
      { kind: 'AttachManagedPolicy', roleName, policyArn: READ },
      { ...before, managedPolicyArns: [SSM, READ] },
    ],
    [
      'no longer names one that was detached',
      { kind: 'DetachManagedPolicy', roleName, policyArn: SSM },
      { ...named, tagKeys: ['stage'], permissionsBoundary: READ },
    ],
    [
      'names the boundary that was set',
      { kind: 'PutBoundary', roleName, policyArn: LIMIT },
      { ...before, permissionsBoundary: LIMIT },
    ],
    [
      'no longer names one that was taken off',
      { kind: 'DeleteBoundary', roleName },
      { ...named, managedPolicyArns: [SSM], tagKeys: ['stage'] },
    ],
    [
      'names keys of tags that were set, those of the spec alone',
      { kind: 'TagRole', roleName, tags: { team: 'red', 'appaccess.dev/boundary': 'x' } },
      { ...before, tagKeys: ['stage', 'team'] },
    ],
    [
      'no longer names keys of tags that went',
      { kind: 'UntagRole', roleName, keys: ['Stage'] },
      { ...named, managedPolicyArns: [SSM], permissionsBoundary: READ },
    ],
  ])('%s', (_, action, role) => {
    expect(keptRole(object, { role: found, done: [action], begun: action })).toEqual({ role });
  });

  test('names a policy whose attachment got no answer, and still one whose detachment got none', () => {
    const attach: Action = { kind: 'AttachManagedPolicy', roleName, policyArn: READ };
    const detach: Action = { kind: 'DetachManagedPolicy', roleName, policyArn: SSM };
    const arns = (begun: Action) => keptRole(object, { role: found, done: [], begun }).role?.managedPolicyArns;
    expect([arns(attach), arns(detach)]).toEqual([[SSM, READ], [SSM]]);
  });

  test('keeps the boundary that it knows where setting another got no answer', () => {
    const begun: Action = { kind: 'PutBoundary', roleName, policyArn: LIMIT };
    expect(keptRole(object, { role: found, done: [], begun })).toEqual({ role: before });
  });

  test('names all that a new role was made with', () => {
    const action: Action = { kind: 'CreateRole', role: { ...ROLE, permissionsBoundary: LIMIT } };
    const { status: _, ...fresh } = object;
    expect(keptRole(fresh, { role: found, done: [action], begun: action })).toEqual({
      role: { ...named, permissionsBoundary: LIMIT, tagKeys: ['stage', 'team'] },
    });
  });

  test('names the role that was found, and nothing where there is none', () => {
    const { status: _, ...fresh } = object;
    expect(keptRole(fresh, { role: found, done: [] })).toEqual({ role: named });
    expect(keptRole(fresh, { done: [] })).toEqual({});
  });

  test('goes by what was written meanwhile, so that the id of a role that is gone stays out', () => {
    const written = { ...object, status: { role: { name: roleName } } };
    expect(keptRole(object, { written, done: [] })).toEqual({ role: { name: roleName } });
  });
});
