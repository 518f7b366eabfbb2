import type { DesiredAccess } from '../policy/types.ts';
import type { Action } from './actions.ts';
import type { Observation, ObservedRole } from './observation.ts';
import { ownershipOf } from './ownership.ts';
import type { Plan, PlanRules, RefusedPlan } from './plan.ts';
import { planHandOver } from './plan-hand-over.ts';
import { planNewRole, planRoleChange } from './plan-role.ts';
import { otherClusterText, refuseRivals, roleNameTakenText } from './refuse-rivals.ts';
import { takeOverAssociation, takeOverProfile, takeOverRole } from './take-over.ts';

/**
 * The one comparison of the program: what must be done so that the world is as `desired`. Drift, "is it in sync?" and
 * the calls to AWS all come from here. Never throws; refuses where what is there is not ours.
 */
export function planAccess(desired: DesiredAccess, found: Observation, rules: PlanRules): Plan {
  const { taking, observed } = takeOverAll(desired, found, rules.predecessorUids);
  const refusal =
    (observed.role && refuseForeignRole(observed.role, desired, rules.knownRoleId)) ??
    refuseRivals(desired, observed, rules);
  if (refusal !== undefined) return refusal;
  const handOver = planHandOver(desired, observed);
  if ('kind' in handOver) return handOver;

  const role =
    observed.role === undefined
      ? { actions: planNewRole(desired.role), takeBack: [], left: [], waiting: [] }
      : planRoleChange(desired.role, observed.role, rules.known, rules.drift.unmanaged);
  const actions = [...handOver.withdraw, ...role.actions, ...handOver.grant];
  const { left } = role;
  const takeBack = [...taking, ...role.takeBack];
  const waiting = [...role.waiting, ...handOver.waiting];
  if (rules.alreadyApplied && rules.drift.mode === 'Report') {
    return { kind: 'Ready', actions: takeBack, reported: [...left, ...actions], waiting };
  }
  return { kind: 'Ready', actions: [...takeBack, ...actions], reported: left, waiting };
}

/** What a predecessor of this cluster made for `desired`, with the tags that must be written before all else. */
function takeOverAll(
  { role: owner }: DesiredAccess,
  found: Observation,
  predecessorUids: readonly string[],
): { readonly taking: readonly Action[]; readonly observed: Observation } {
  const role = found.role && takeOverRole(found.role, owner, predecessorUids);
  const profile = found.instanceProfile && takeOverProfile(found.instanceProfile, owner, predecessorUids);
  const associations = found.associations.map((each) => takeOverAssociation(each, owner, predecessorUids));
  return {
    taking: [role, profile, ...associations].flatMap((each) => each?.actions ?? []),
    observed: {
      ...found,
      role: role?.taken,
      instanceProfile: profile?.taken,
      associations: associations.map(({ taken }) => taken),
    },
  };
}

function refuseForeignRole(
  role: ObservedRole,
  desired: DesiredAccess,
  knownRoleId: string | undefined,
): RefusedPlan | undefined {
  const ownership = ownershipOf(role, desired.role, knownRoleId);
  switch (ownership.kind) {
    case 'Owned':
      return undefined;
    case 'Replaced':
      return refused(
        'RoleReplaced',
        `role ${role.arn} is not the one made for this AppAccess (id ${role.id}, made was ${knownRoleId}): somebody deleted it and made another; delete that role, the controller then makes its own again`,
      );
    case 'Claimed':
      return refused(
        'RoleNameTaken',
        roleNameTakenText(role.name, ownership.owner.startsWith(`${desired.namespace}/`) ? ownership.owner : undefined),
      );
    case 'OtherCluster':
      return refused('RoleNameTaken', otherClusterText(role.name, ownership.clusterUid));
    case 'Foreign':
      return refused(
        'RoleNotOwned',
        `role ${role.arn} exists and is not owned by this AppAccess (its path or its tags are not ours); delete that role, or delete this AppAccess and create it with another spec.role.name`,
      );
    default:
      return ownership satisfies never;
  }
}

function refused(reason: RefusedPlan['reason'], message: string): RefusedPlan {
  return { kind: 'Refused', reason, message };
}
