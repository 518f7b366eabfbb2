import { OWNER_TAG_PREFIX } from '../api/app-access.ts';
import { BOUNDARY_TAG } from '../policy/boundary-tag.ts';
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
  const owner = ownerOf(found);
  return owner === undefined ? { kind: 'Foreign' } : { kind: 'Claimed', owner };
}

/** Whether `tags` carry the owner tags that `desired` has. Keys are compared with case, as EKS and instance profiles do. */
export function hasOwnerTags(tags: Tags, desired: Tags): boolean {
  return Object.entries(ownerTagsOf(desired)).every(([key, value]) => tags[key] === value);
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
