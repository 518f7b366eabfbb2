import type { DesiredAccess } from '../policy/types.ts';
import type { Observation, Rival } from './observation.ts';
import { hasOwnerTags } from './ownership.ts';
import type { PlanRules, RefusedPlan } from './plan.ts';

/**
 * The refusal to take what another AppAccess holds: it owns the thing in AWS, or nobody does and it is the older one. A
 * role that exists is not looked at here, its tags say whose it is.
 */
export function refuseRivals(
  desired: DesiredAccess,
  observed: Observation,
  { knownRoleId, heldAccount }: PlanRules,
): RefusedPlan | undefined {
  for (const rival of observed.rivals) {
    const isNew = observed.role === undefined && knownRoleId === undefined;
    if (rival.claims.includes('RoleName') && isNew && rival.goesFirst) return nameTaken(desired, rival);
    if (rival.claims.includes('ServiceAccount') && !holdsAccount(desired, observed, rival, heldAccount)) {
      return subjectTaken(desired, rival);
    }
  }
  return undefined;
}

/** Whether the service account of `desired` is ours against `rival`. */
function holdsAccount(
  desired: DesiredAccess,
  { associations, serviceAccounts }: Observation,
  rival: Rival,
  heldAccount: string | undefined,
): boolean {
  const name = accountOf(desired);
  const association = associations.find((found) => found.serviceAccount === name);
  const account = serviceAccounts.find((found) => found.name === name);
  const ours =
    account?.annotatedByUs === true ||
    (association !== undefined &&
      (association.roleArn === desired.roleArn || hasOwnerTags(association.tags, desired.role.tags)));
  const theirs =
    association?.roleArn === rival.roleArn || (account?.roleArn === rival.roleArn && !account.annotatedByUs);
  if (ours !== theirs) return ours;
  return (!ours && heldAccount === name) || !rival.goesFirst;
}

function accountOf({ podIdentityAssociations, serviceAccountAnnotation }: DesiredAccess): string | undefined {
  return podIdentityAssociations[0]?.serviceAccount ?? serviceAccountAnnotation?.serviceAccount;
}

function nameTaken({ namespace, role }: DesiredAccess, rival: Rival): RefusedPlan {
  return {
    kind: 'Refused',
    reason: 'RoleNameTaken',
    message: roleNameTakenText(role.name, rival.namespace === namespace ? `${namespace}/${rival.name}` : undefined),
  };
}

/** `holder` as `namespace/name`, only where it is of the reader's own namespace: others are none of his business. */
export function roleNameTakenText(roleName: string, holder: string | undefined): string {
  const who = holder === undefined ? 'an AppAccess of another namespace or cluster' : `AppAccess ${holder}`;
  return `role name ${roleName} is held by ${who}; delete this AppAccess and create it with another spec.role.name`;
}

/** For the namesake in another cluster, of which a rebuilt cluster says that it is its predecessor. */
export function otherClusterText(roleName: string, clusterUid: string): string {
  return `role name ${roleName} is held by the AppAccess of this namespace and name in another cluster, with uid ${clusterUid}; if this cluster took its place, start the controller with --predecessor-cluster-uids ${clusterUid}, else delete this AppAccess and create it with another spec.role.name`;
}

function subjectTaken(desired: DesiredAccess, { namespace, name }: Rival): RefusedPlan {
  return {
    kind: 'Refused',
    reason: 'SubjectTaken',
    message: `service account ${namespace}/${accountOf(desired)} is held by AppAccess ${namespace}/${name}; name another service account in spec.subject.serviceAccount.name, or delete that AppAccess`,
  };
}
