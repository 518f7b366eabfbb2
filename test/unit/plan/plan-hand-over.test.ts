import { describe, expect, test } from 'vitest';
import {
  NOTHING_OBSERVED,
  type Observation,
  type ObservedAssociation,
  type ObservedServiceAccount,
} from '../../../src/plan/observation.ts';
import { planHandOver } from '../../../src/plan/plan-hand-over.ts';
import { desiredAccess, OWNER_TAGS } from '../../support/builders.ts';

const ROLE_ARN = desiredAccess().roleArn;
const OTHER_ARN = 'arn:aws:iam::123456789012:role/other';
const WANTED = { clusterName: 'demo', namespace: 'billing', serviceAccount: 'uploader', tags: OWNER_TAGS };
const PROFILE = { name: desiredAccess().role.name, path: desiredAccess().role.path, tags: OWNER_TAGS };
const ANNOTATION = { namespace: 'billing', serviceAccount: 'uploader', roleArn: ROLE_ARN };

describe('planHandOver of a Pod Identity association', () => {
  const desired = desiredAccess({ podIdentityAssociations: [WANTED] });

  test('makes the association when there is none', () => {
    expect(planHandOver(desired, NOTHING_OBSERVED)).toEqual({
      withdraw: [],
      grant: [{ kind: 'CreateAssociation', association: WANTED, roleArn: ROLE_ARN }],
      waiting: [],
    });
  });

  test('points our own association at the role when it names another', () => {
    expect(planHandOver(desired, seen({ associations: [association({ roleArn: OTHER_ARN })] }))).toMatchObject({
      grant: [{ kind: 'UpdateAssociation', clusterName: 'demo', associationId: 'a-1', roleArn: ROLE_ARN }],
    });
  });

  test('refuses a service account whose association is not ours', () => {
    const theirs = association({ roleArn: OTHER_ARN, tags: {} });
    expect(planHandOver(desired, seen({ associations: [theirs] }))).toMatchObject({ reason: 'SubjectTaken' });
  });

  test('refuses a service account whose association an EKS add-on made', () => {
    const addOn = association({ roleArn: OTHER_ARN, ownerArn: 'arn:aws:eks:eu-west-1:123456789012:addon/demo/x/1' });
    expect(planHandOver(desired, seen({ associations: [addOn] }))).toMatchObject({ reason: 'SubjectTaken' });
  });

  test('deletes the association of the service account that the subject named before', () => {
    const before = association({ serviceAccount: 'old', id: 'a-0' });
    expect(planHandOver(desired, seen({ associations: [before] }))).toMatchObject({
      withdraw: [{ kind: 'DeleteAssociation', clusterName: 'demo', associationId: 'a-0', serviceAccount: 'old' }],
      grant: [{ kind: 'CreateAssociation' }],
    });
  });
});

describe('planHandOver of the IRSA annotation', () => {
  const desired = desiredAccess({ serviceAccountAnnotation: ANNOTATION });

  test('annotates a service account that has no annotation', () => {
    expect(planHandOver(desired, seen({ serviceAccounts: [account()] }))).toMatchObject({
      grant: [
        {
          kind: 'AnnotateServiceAccount',
          account: { namespace: 'billing', name: 'uploader', uid: 'sa-1' },
          roleArn: ROLE_ARN,
        },
      ],
      waiting: [],
    });
  });

  test('does nothing when the annotation says our role, whoever wrote it', () => {
    expect(planHandOver(desired, seen({ serviceAccounts: [account({ roleArn: ROLE_ARN })] }))).toEqual({
      withdraw: [],
      grant: [],
      waiting: [],
    });
  });

  test('waits for a service account that does not exist', () => {
    expect(planHandOver(desired, NOTHING_OBSERVED)).toMatchObject({
      grant: [],
      waiting: [{ reason: 'ServiceAccountNotFound' }],
    });
  });

  test("waits out somebody else's annotation and names it", () => {
    const plan = planHandOver(desired, seen({ serviceAccounts: [account({ roleArn: OTHER_ARN })] }));
    expect(plan).toMatchObject({
      grant: [],
      waiting: [{ reason: 'ServiceAccountAnnotated', message: expect.stringContaining(OTHER_ARN) }],
    });
  });

  test('gives the annotation up once the subject no longer asks for IRSA', () => {
    const ours = account({ roleArn: ROLE_ARN, annotatedByUs: true });
    expect(planHandOver(desiredAccess(), seen({ serviceAccounts: [ours] }))).toMatchObject({
      withdraw: [{ kind: 'UnannotateServiceAccount' }],
    });
  });
});

describe('planHandOver of an instance profile', () => {
  const desired = desiredAccess({ instanceProfile: PROFILE });
  const observed = { ...PROFILE, arn: 'arn:aws:iam::123456789012:instance-profile/x' };

  test('makes the profile and puts the role into it', () => {
    expect(planHandOver(desired, NOTHING_OBSERVED)).toMatchObject({
      grant: [{ kind: 'CreateInstanceProfile', profile: PROFILE }, { kind: 'AddRoleToInstanceProfile' }],
    });
  });

  test('takes a foreign role out of our profile before it adds ours', () => {
    expect(planHandOver(desired, seen({ instanceProfile: { ...observed, roleNames: ['stranger'] } }))).toMatchObject({
      grant: [{ kind: 'RemoveRoleFromInstanceProfile', roleName: 'stranger' }, { kind: 'AddRoleToInstanceProfile' }],
    });
  });

  test('refuses a profile of that name that is not ours', () => {
    expect(planHandOver(desired, seen({ instanceProfile: { ...observed, tags: {}, roleNames: [] } }))).toMatchObject({
      reason: 'InstanceProfileNotOwned',
    });
  });
});

function seen(change: Partial<Observation>): Observation {
  return { ...NOTHING_OBSERVED, ...change };
}

function association(change: Partial<ObservedAssociation> = {}): ObservedAssociation {
  return { ...WANTED, id: 'a-1', arn: 'arn:a-1', roleArn: ROLE_ARN, ...change };
}

function account(change: Partial<ObservedServiceAccount> = {}): ObservedServiceAccount {
  return { namespace: 'billing', name: 'uploader', uid: 'sa-1', annotatedByUs: false, ...change };
}
