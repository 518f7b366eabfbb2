import type { DesiredAccess, DesiredAssociation } from '../policy/types.ts';
import type { Action } from './actions.ts';
import type { Observation, ObservedAssociation, ObservedServiceAccount } from './observation.ts';
import { hasOwnerTags } from './ownership.ts';
import type { RefusedPlan, Waiting } from './plan.ts';
import { planProfileDeletion } from './plan-deletion.ts';

/** How the role gets to its workload: instance profile, Pod Identity association, annotation. */
export interface HandOver {
  /** Take the role away from whom it no longer belongs to; they run before anything is widened. */
  readonly withdraw: readonly Action[];
  /** Hand it to whom it belongs to; they run last. */
  readonly grant: readonly Action[];
  readonly waiting: readonly Waiting[];
}

/** The hand-over of `desired`, or the refusal to take from somebody else what they hold. */
export function planHandOver(desired: DesiredAccess, observed: Observation): HandOver | RefusedPlan {
  const refusal = refuseForeignProfile(desired, observed) ?? refuseForeignAssociation(desired, observed);
  if (refusal !== undefined) return refusal;
  const annotation = planAnnotation(desired, observed);
  return {
    withdraw: [
      ...planStaleProfile(desired, observed),
      ...planStaleAssociations(desired, observed),
      ...planStaleAnnotations(desired, observed),
    ],
    grant: [
      ...planInstanceProfile(desired, observed),
      ...desired.podIdentityAssociations.flatMap((association) => planAssociation(association, desired, observed)),
      ...annotation.actions,
    ],
    waiting: annotation.waiting,
  };
}

function refuseForeignProfile({ instanceProfile: wanted }: DesiredAccess, { instanceProfile: found }: Observation) {
  if (wanted === undefined || found === undefined) return undefined;
  if (found.path === wanted.path && hasOwnerTags(found.tags, wanted.tags)) return undefined;
  return refused(
    'InstanceProfileNotOwned',
    `instance profile ${found.arn} exists and was not made for this AppAccess; delete that instance profile, or delete this AppAccess and create it with another spec.role.name`,
  );
}

function refuseForeignAssociation(desired: DesiredAccess, observed: Observation): RefusedPlan | undefined {
  for (const wanted of desired.podIdentityAssociations) {
    const found = observed.associations.find((association) => isFor(association, wanted));
    if (found === undefined || found.roleArn === desired.roleArn || isOurs(found, wanted)) continue;
    return refused(
      'SubjectTaken',
      `service account ${wanted.namespace}/${wanted.serviceAccount} already has Pod Identity association ${found.id} with another role; delete that association, or name another service account in spec.subject.serviceAccount.name`,
    );
  }
  return undefined;
}

/** Left by an object of the same name that was for EC2. */
function planStaleProfile({ instanceProfile: wanted, role }: DesiredAccess, observed: Observation): readonly Action[] {
  const found = observed.instanceProfile;
  if (wanted !== undefined || found === undefined) return [];
  return found.path === role.path && hasOwnerTags(found.tags, role.tags) ? planProfileDeletion(found) : [];
}

function planStaleAssociations(desired: DesiredAccess, observed: Observation): readonly Action[] {
  return observed.associations
    .filter((found) => found.roleArn === desired.roleArn && found.ownerArn === undefined)
    .filter((found) => !desired.podIdentityAssociations.some((wanted) => isFor(found, wanted)))
    .map(
      ({ clusterName, id, serviceAccount }) =>
        ({ kind: 'DeleteAssociation', clusterName, associationId: id, serviceAccount }) as const,
    );
}

function planStaleAnnotations(desired: DesiredAccess, observed: Observation): readonly Action[] {
  const wanted = desired.serviceAccountAnnotation;
  return observed.serviceAccounts
    .filter((found) => found.annotatedByUs && !(wanted !== undefined && found.name === wanted.serviceAccount))
    .map((found) => ({ kind: 'UnannotateServiceAccount', account: refOf(found) }) as const);
}

function planInstanceProfile({ instanceProfile, role }: DesiredAccess, observed: Observation): readonly Action[] {
  if (instanceProfile === undefined) return [];
  const profileName = instanceProfile.name;
  const add = { kind: 'AddRoleToInstanceProfile', profileName, roleName: role.name } as const;
  const found = observed.instanceProfile;
  if (found === undefined) return [{ kind: 'CreateInstanceProfile', profile: instanceProfile }, add];
  if (found.roleNames.includes(role.name)) return [];
  const strangers = found.roleNames.map(
    (roleName) => ({ kind: 'RemoveRoleFromInstanceProfile', profileName, roleName }) as const,
  );
  return [...strangers, add];
}

function planAssociation(
  association: DesiredAssociation,
  { roleArn }: DesiredAccess,
  observed: Observation,
): readonly Action[] {
  const found = observed.associations.find((candidate) => isFor(candidate, association));
  if (found === undefined) return [{ kind: 'CreateAssociation', association, roleArn }];
  if (found.roleArn === roleArn) return [];
  return [{ kind: 'UpdateAssociation', clusterName: found.clusterName, associationId: found.id, roleArn }];
}

function planAnnotation(
  { serviceAccountAnnotation: wanted }: DesiredAccess,
  observed: Observation,
): { actions: readonly Action[]; waiting: readonly Waiting[] } {
  if (wanted === undefined) return { actions: [], waiting: [] };
  const { serviceAccount, namespace, roleArn } = wanted;
  const found = observed.serviceAccounts.find((candidate) => candidate.name === serviceAccount);
  if (found === undefined) {
    return {
      actions: [],
      waiting: [
        {
          reason: 'ServiceAccountNotFound',
          message: `service account ${namespace}/${serviceAccount} does not exist; create it, the controller then annotates it`,
        },
      ],
    };
  }
  if (found.roleArn === roleArn) return { actions: [], waiting: [] };
  if (found.roleArn === undefined || found.annotatedByUs) {
    return { actions: [{ kind: 'AnnotateServiceAccount', account: refOf(found), roleArn }], waiting: [] };
  }
  return {
    actions: [],
    waiting: [
      {
        reason: 'ServiceAccountAnnotated',
        message: `service account ${namespace}/${serviceAccount} is annotated eks.amazonaws.com/role-arn=${found.roleArn} by somebody else; remove that annotation, or name another service account in spec.subject.serviceAccount.name`,
      },
    ],
  };
}

function isFor(association: ObservedAssociation, wanted: DesiredAssociation): boolean {
  return (
    association.clusterName === wanted.clusterName &&
    association.namespace === wanted.namespace &&
    association.serviceAccount === wanted.serviceAccount
  );
}

function isOurs(association: ObservedAssociation, wanted: DesiredAssociation): boolean {
  return association.ownerArn === undefined && hasOwnerTags(association.tags, wanted.tags);
}

function refOf({ namespace, name, uid }: ObservedServiceAccount) {
  return { namespace, name, uid };
}

function refused(reason: RefusedPlan['reason'], message: string): RefusedPlan {
  return { kind: 'Refused', reason, message };
}
