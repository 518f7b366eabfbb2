import { expect, test } from 'vitest';
import { planDeletion, planRelease, type Remains } from '../../../src/plan/plan-deletion.ts';
import { desiredRole, OWNER_TAGS } from '../../support/builders.ts';

const NAME = desiredRole().name;
const NONE: Remains = {
  associations: [],
  serviceAccounts: [],
  instanceProfile: undefined,
  roleName: undefined,
  inlineNames: [],
  attachedArns: [],
};

test('planDeletion removes the hand-over first, then every policy, then the role', () => {
  const actions = planDeletion({
    associations: [
      {
        id: 'a-1',
        arn: 'arn:a-1',
        clusterName: 'demo',
        namespace: 'billing',
        serviceAccount: 'uploader',
        roleArn: 'arn',
        tags: OWNER_TAGS,
      },
    ],
    serviceAccounts: [{ namespace: 'billing', name: 'uploader', uid: 'sa-1', annotatedByUs: true }],
    instanceProfile: { name: 'profile', path: '/', arn: 'arn:profile', tags: OWNER_TAGS, roleNames: [NAME] },
    roleName: NAME,
    inlineNames: ['appaccess'],
    attachedArns: ['arn:aws:iam::aws:policy/ReadOnlyAccess'],
  });
  expect(actions.map((action) => action.kind)).toEqual([
    'DeleteAssociation',
    'UnannotateServiceAccount',
    'RemoveRoleFromInstanceProfile',
    'DeleteInstanceProfile',
    'DetachManagedPolicy',
    'DeleteInlinePolicy',
    'DeleteRole',
  ]);
});

test('planDeletion leaves an annotation that is not ours', () => {
  const account = { namespace: 'billing', name: 'uploader', uid: 'sa-1', annotatedByUs: false };
  expect(planDeletion({ ...NONE, serviceAccounts: [account] })).toEqual([]);
});

test('planDeletion returns no action when nothing of ours stands', () => {
  expect(planDeletion({ ...NONE, inlineNames: ['appaccess'] })).toEqual([]);
});

test('planRelease only marks the role', () => {
  expect(planRelease(desiredRole(), '2026-01-01T00:00:00Z')).toEqual([
    { kind: 'TagRole', roleName: NAME, tags: { 'appaccess.dev/released': '2026-01-01T00:00:00Z' } },
  ]);
});
