import { BOUNDARY_TAG } from '../policy/boundary-tag.ts';
import type { DesiredRole, Tags } from '../policy/types.ts';
import type { Action } from './actions.ts';
import type { ObservedPolicies, ObservedRole } from './observation.ts';
import { RELEASED_TAG } from './ownership.ts';
import type { KnownSettings, Waiting } from './plan.ts';
import { attachAll, planBoundaryPut, planPermissions } from './plan-permissions.ts';

/** The actions on a role. */
export interface RoleChange {
  /** In the order in which they must run. */
  readonly actions: readonly Action[];
  /** Of our own book-keeping: they mend no difference, and run whatever the spec says of drift. */
  readonly takeBack: readonly Action[];
  /** They would take off policies and tags of others that are left standing. */
  readonly left: readonly Action[];
  readonly waiting: readonly Waiting[];
}

/** Actions that make the role and its permissions, in order: the role carries everything that one call can carry. */
export function planNewRole(desired: DesiredRole): readonly Action[] {
  const roleName = desired.name;
  return [
    { kind: 'CreateRole', role: desired },
    ...Object.entries(desired.inline).map(
      ([policyName, document]) => ({ kind: 'PutInlinePolicy', roleName, policyName, document }) as const,
    ),
    ...attachAll(roleName, desired.managedPolicyArns),
  ];
}

/**
 * Actions that turn `observed` into `desired`, in the order they must run, so that no principal ever holds a mixture that
 * neither state granted. Both lists are empty when in sync.
 */
export function planRoleChange(
  desired: DesiredRole,
  observed: ObservedRole & ObservedPolicies,
  known: KnownSettings,
  unmanaged: 'Remove' | 'Report',
): RoleChange {
  const roleName = observed.name;
  const tags = surplusTags(desired, observed, known.tagKeys);
  const permissions = planPermissions(desired, observed, known, unmanaged);
  const removesAll = unmanaged === 'Remove';
  return {
    actions: [
      ...planUntag(roleName, removesAll ? [...tags.ours, ...tags.foreign] : tags.ours),
      ...permissions.start,
      ...planSettings(desired, observed),
      ...planTags(desired, observed),
      ...permissions.end,
    ],
    takeBack: planTakeBack(observed),
    left: [...permissions.left, ...planUntag(roleName, removesAll ? [] : tags.foreign)],
    waiting: permissions.waiting,
  };
}

function planSettings(desired: DesiredRole, observed: ObservedRole): readonly Action[] {
  const { description = '', maxSessionSeconds } = desired;
  if (description === (observed.description ?? '') && maxSessionSeconds === observed.maxSessionSeconds) return [];
  return [{ kind: 'UpdateRole', roleName: observed.name, description, maxSessionSeconds }];
}

function planTags(desired: DesiredRole, observed: ObservedRole): readonly Action[] {
  const found = new Map(Object.entries(observed.tags).map(([key, value]) => [key.toLowerCase(), value]));
  const isWritten = planBoundaryPut(desired, observed).length > 0;
  const tags: Tags = Object.fromEntries(
    Object.entries(desired.tags)
      .filter(([key, value]) => found.get(key.toLowerCase()) !== value)
      .filter(([key]) => !(isQuarantine(key) && found.has(key.toLowerCase())))
      .filter(([key]) => !(isWritten && key === BOUNDARY_TAG)),
  );
  return Object.keys(tags).length === 0 ? [] : [{ kind: 'TagRole', roleName: observed.name, tags }];
}

/** A role that was kept when its AppAccess went is ours again as soon as the same AppAccess is back. */
function planTakeBack(observed: ObservedRole): readonly Action[] {
  const keys = Object.keys(observed.tags).filter((key) => key.toLowerCase() === RELEASED_TAG);
  return keys.length === 0 ? [] : [{ kind: 'UntagRole', roleName: observed.name, keys }];
}

function planUntag(roleName: string, keys: readonly string[]): readonly Action[] {
  return keys.length === 0 ? [] : [{ kind: 'UntagRole', roleName, keys }];
}

/**
 * Keys of the tags that the spec does not have: those that it had before, and those of others. Tags on a role open doors
 * where policies match `aws:PrincipalTag`; a quarantine tag closes them and stays, also where a spec from before such keys
 * were refused had the key: what it says now is a responder's word.
 */
function surplusTags(desired: DesiredRole, observed: ObservedRole, knownKeys: readonly string[]) {
  const wanted = new Set(Object.keys(desired.tags).map((key) => key.toLowerCase()));
  const known = new Set(knownKeys.map((key) => key.toLowerCase()));
  const surplus = Object.keys(observed.tags).filter((key) => {
    const lower = key.toLowerCase();
    const isApart = [RELEASED_TAG, BOUNDARY_TAG].includes(lower) || lower.startsWith('aws:') || isQuarantine(key);
    return !wanted.has(lower) && !isApart;
  });
  const ours = surplus.filter((key) => known.has(key.toLowerCase()));
  return { ours, foreign: surplus.filter((key) => !ours.includes(key)) };
}

function isQuarantine(key: string): boolean {
  return key.toLowerCase().includes('quarantine');
}
