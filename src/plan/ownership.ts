import { OWNER_TAG_PREFIX } from '../api/app-access.ts';
import { BOUNDARY_TAG } from '../policy/boundary-tag.ts';
import { CLUSTER_UID_TAG } from '../policy/role-identity.ts';
import type { DesiredRole, Tags } from '../policy/types.ts';
import type { ObservedRole } from './observation.ts';

/** Marks a role that was kept when its AppAccess went; taking the role back removes it. */
export const RELEASED_TAG = `${OWNER_TAG_PREFIX}released`;

export type Ownership =
  | { readonly kind: 'Owned' }
  /** Ours by path and tags, yet not the role we made: somebody deleted that one and made another. */
  | { readonly kind: 'Replaced' }
  /** Made for another AppAccess, by its tags. `owner` is `namespace/name`. */
  | { readonly kind: 'Claimed'; readonly owner: string }
  /** Made for the AppAccess of the same namespace and name in another cluster, perhaps the one that this one replaced. */
  | { readonly kind: 'OtherCluster'; readonly clusterUid: string }
  | { readonly kind: 'Foreign' };

/**
 * Whose role `observed` is. It is owned when it lies under our path, carries our tags and has the id known from status,
 * where status has one: tags alone prove nothing, others can write them. Tag keys of roles are compared without case.
 * Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_tags.html
 */
export function ownershipOf(
  observed: ObservedRole,
  desired: Pick<DesiredRole, 'path' | 'tags'>,
  knownRoleId: string | undefined,
): Ownership {
  const wanted = ownerTagsOf(desired.tags);
  const found = lowerKeys(observed.tags);
  const tagged = Object.entries(wanted).every(([key, value]) => found[key.toLowerCase()] === value);
  if (tagged && observed.path === desired.path) {
    return knownRoleId === undefined || knownRoleId === observed.id ? { kind: 'Owned' } : { kind: 'Replaced' };
  }
  const clusterUid = found[CLUSTER_UID_TAG];
  if (clusterUid !== undefined && observed.path === desired.path && isOfCluster(found, desired.tags, clusterUid)) {
    return { kind: 'OtherCluster', clusterUid };
  }
  const owner = ownerOf(found);
  return owner === undefined ? { kind: 'Foreign' } : { kind: 'Claimed', owner };
}

/** Whether `tags` carry the owner tags that `desired` has. Keys are compared with case, as EKS and instance profiles do. */
export function hasOwnerTags(tags: Tags, desired: Tags): boolean {
  return Object.entries(ownerTagsOf(desired)).every(([key, value]) => tags[key] === value);
}

/** Whether `tags`, in whatever case their keys are, are those of `desired` but for the cluster, which is `clusterUid`. */
export function isOfCluster(tags: Tags, desired: Tags, clusterUid: string): boolean {
  const found = lowerKeys(tags);
  const wanted = { ...ownerTagsOf(desired), [CLUSTER_UID_TAG]: clusterUid };
  return Object.entries(wanted).every(([key, value]) => found[key.toLowerCase()] === value);
}

function ownerTagsOf(tags: Tags): Tags {
  return Object.fromEntries(
    Object.entries(tags).filter(([key]) => key.startsWith(OWNER_TAG_PREFIX) && key !== BOUNDARY_TAG),
  );
}

function ownerOf(tags: Tags): string | undefined {
  const namespace = tags[`${OWNER_TAG_PREFIX}namespace`];
  const name = tags[`${OWNER_TAG_PREFIX}name`];
  return namespace === undefined || name === undefined ? undefined : `${namespace}/${name}`;
}

function lowerKeys(tags: Tags): Tags {
  return Object.fromEntries(Object.entries(tags).map(([key, value]) => [key.toLowerCase(), value]));
}
