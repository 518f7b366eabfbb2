import { CLUSTER_UID_TAG } from '../policy/role-identity.ts';
import type { DesiredRole, Tags } from '../policy/types.ts';
import type { Action } from './actions.ts';
import type { ObservedAssociation, ObservedInstanceProfile, ObservedRole } from './observation.ts';
import { hasOwnerTags, isOfCluster } from './ownership.ts';

/*
 * A cluster that was rebuilt has another UID, and finds what its predecessor made under tags that are not its own. Where
 * the configuration names the predecessor, the tag is written anew before anything else: from then on, for the rest of
 * the plan and after a crash, the thing is ours like any other. RoleId, path and the other tags must agree as always.
 */

/** What is to be written first, and the thing as it is then. */
export interface TakeOver<Thing> {
  /** Empty for what is no predecessor's. */
  readonly actions: readonly Action[];
  readonly taken: Thing;
}

/** What of an identity decides; tags are those of the owner at least. */
type Owner = Pick<DesiredRole, 'path' | 'tags'>;

/** `role` taken over when it is that of `owner` in one of the clusters `predecessorUids`. */
export function takeOverRole<Role extends ObservedRole>(
  role: Role,
  owner: Owner,
  predecessorUids: readonly string[],
): TakeOver<Role> {
  const isTheirs = role.path === owner.path && predecessorUids.some((uid) => isOfCluster(role.tags, owner.tags, uid));
  return take(role, isTheirs, owner, (tags) => ({ kind: 'TagRole', roleName: role.name, tags }));
}

/** As {@link takeOverRole}, for an instance profile. */
export function takeOverProfile(
  profile: ObservedInstanceProfile,
  owner: Owner,
  predecessorUids: readonly string[],
): TakeOver<ObservedInstanceProfile> {
  const isTheirs = profile.path === owner.path && hasTagsOfAny(profile.tags, owner.tags, predecessorUids);
  return take(profile, isTheirs, owner, (tags) => ({ kind: 'TagInstanceProfile', profileName: profile.name, tags }));
}

/** As {@link takeOverRole}, for an association that no add-on made. */
export function takeOverAssociation(
  association: ObservedAssociation,
  owner: Owner,
  predecessorUids: readonly string[],
): TakeOver<ObservedAssociation> {
  const { id: associationId, arn, ownerArn, tags: found } = association;
  const isTheirs = ownerArn === undefined && hasTagsOfAny(found, owner.tags, predecessorUids);
  return take(association, isTheirs, owner, (tags) => ({ kind: 'TagAssociation', associationId, arn, tags }));
}

/** Keys are compared with case, as everywhere but on roles. */
function hasTagsOfAny(tags: Tags, owner: Tags, clusterUids: readonly string[]): boolean {
  return clusterUids.some((uid) => hasOwnerTags(tags, { ...owner, [CLUSTER_UID_TAG]: uid }));
}

function take<Thing extends { readonly tags: Tags }>(
  thing: Thing,
  isTheirs: boolean,
  { tags: { [CLUSTER_UID_TAG]: uid } }: Owner,
  write: (tags: Tags) => Action,
): TakeOver<Thing> {
  if (!isTheirs || uid === undefined) return { actions: [], taken: thing };
  const tags = { [CLUSTER_UID_TAG]: uid };
  const others = Object.entries(thing.tags).filter(([key]) => key.toLowerCase() !== CLUSTER_UID_TAG);
  return { actions: [write(tags)], taken: { ...thing, tags: { ...Object.fromEntries(others), ...tags } } };
}
