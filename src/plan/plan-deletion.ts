import type { DesiredRole } from '../policy/types.ts';
import type { Action } from './actions.ts';
import type { ObservedAssociation, ObservedInstanceProfile, ObservedServiceAccount } from './observation.ts';
import { RELEASED_TAG } from './ownership.ts';

/** What of an AppAccess still stands and is ours; what is not ours was left out by whoever gathered it. */
export interface Remains {
  readonly associations: readonly ObservedAssociation[];
  readonly serviceAccounts: readonly ObservedServiceAccount[];
  readonly instanceProfile: ObservedInstanceProfile | undefined;
  readonly roleName: string | undefined;
  /** Names of inline policies on the role, foreign ones too: they would hold its deletion back. */
  readonly inlineNames: readonly string[];
  readonly attachedArns: readonly string[];
}

/**
 * Actions that remove all of it, in the order in which nothing blocks: hand-over first, so that no new session starts,
 * then permissions, then the role.
 */
export function planDeletion(remains: Remains): readonly Action[] {
  const { roleName, instanceProfile } = remains;
  return [
    ...remains.associations.map(
      ({ clusterName, id, serviceAccount }) =>
        ({ kind: 'DeleteAssociation', clusterName, associationId: id, serviceAccount }) as const,
    ),
    ...remains.serviceAccounts
      .filter((account) => account.annotatedByUs)
      .map(
        ({ namespace, name, uid }) =>
          ({ kind: 'UnannotateServiceAccount', account: { namespace, name, uid } }) as const,
      ),
    ...(instanceProfile === undefined ? [] : planProfileDeletion(instanceProfile)),
    ...(roleName === undefined ? [] : planRoleDeletion(roleName, remains)),
  ];
}

/** An instance profile goes once it is empty. */
export function planProfileDeletion({ name, roleNames }: ObservedInstanceProfile): readonly Action[] {
  const removals = roleNames.map(
    (roleName) => ({ kind: 'RemoveRoleFromInstanceProfile', profileName: name, roleName }) as const,
  );
  return [...removals, { kind: 'DeleteInstanceProfile', profileName: name }];
}

function planRoleDeletion(roleName: string, { inlineNames, attachedArns }: Remains): readonly Action[] {
  return [
    ...attachedArns.map((policyArn) => ({ kind: 'DetachManagedPolicy', roleName, policyArn }) as const),
    ...inlineNames.map((policyName) => ({ kind: 'DeleteInlinePolicy', roleName, policyName }) as const),
    { kind: 'DeleteRole', roleName },
  ];
}

/** The one write of a deletion with Retain: the role stays as it is and says that nobody keeps it any more. */
export function planRelease(role: Pick<DesiredRole, 'name'>, releasedAt: string): readonly Action[] {
  return [{ kind: 'TagRole', roleName: role.name, tags: { [RELEASED_TAG]: releasedAt } }];
}
