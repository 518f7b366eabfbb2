import { BOUNDARY_TAG, boundaryTag } from '../policy/boundary-tag.ts';
import { INLINE_POLICY_NAME } from '../policy/inline-policy.ts';
import { samePolicy } from '../policy/same-policy.ts';
import type { DesiredRole, PolicyDocument, Tags } from '../policy/types.ts';
import type { Action } from './actions.ts';
import { commonStatements } from './common-statements.ts';
import { isDenyOnly, isDenyOnlyAwsPolicy } from './deny-only.ts';
import type { ObservedPolicies, ObservedRole } from './observation.ts';
import { RELEASED_TAG } from './ownership.ts';
import type { KnownSettings } from './plan.ts';

/** The actions on a role, told apart by whose doing the difference is. */
export interface RoleDifference {
  /** Differences in what the spec says. */
  readonly managed: readonly Action[];
  /** Policies and tags that the spec does not know of. */
  readonly unmanaged: readonly Action[];
}

/** Actions that make the role and its permissions, in order: the role carries everything that one call can carry. */
export function planNewRole(desired: DesiredRole): readonly Action[] {
  return [
    { kind: 'CreateRole', role: desired },
    ...putInline(desired, Object.keys(desired.inline)),
    ...attach(desired.name, desired.managedPolicyArns),
  ];
}

/**
 * Actions that turn `observed` into `desired`, in the order they must run, so that no principal ever holds a mixture that
 * neither state granted: what narrows comes before what widens, and where trust or boundary change together with
 * permissions, these are first cut down to what is right in between. Both lists are empty when in sync.
 */
export function planRoleChange(
  desired: DesiredRole,
  observed: ObservedRole & ObservedPolicies,
  known: KnownSettings,
): RoleDifference {
  const roleName = observed.name;
  const { ours, foreign } = surplusTags(desired, observed, known.tagKeys);
  return {
    unmanaged: [...planForeignPolicies(desired, observed, known.policyArns), ...planUntag(roleName, foreign)],
    managed: [
      ...planUntag(roleName, ours),
      ...planOwnRemovals(desired, observed, known.policyArns),
      ...planAccessChange(desired, observed),
      ...planAttachments(desired, observed),
      ...planSettings(desired, observed),
      ...planTags(desired, observed),
      ...planTakeBack(observed),
      ...planBoundaryRemoval(desired, observed, known),
    ],
  };
}

/** Policies that an earlier spec asked for and this one does not. */
function planOwnRemovals(
  desired: DesiredRole,
  observed: ObservedRole & ObservedPolicies,
  knownArns: readonly string[],
): readonly Action[] {
  const roleName = observed.name;
  const goes = Object.hasOwn(observed.inline, INLINE_POLICY_NAME) && !Object.hasOwn(desired.inline, INLINE_POLICY_NAME);
  return [
    ...undesired(desired, observed)
      .filter((policyArn) => knownArns.includes(policyArn))
      .map((policyArn) => ({ kind: 'DetachManagedPolicy', roleName, policyArn }) as const),
    ...(goes ? [{ kind: 'DeleteInlinePolicy', roleName, policyName: INLINE_POLICY_NAME } as const] : []),
  ];
}

function planAttachments(desired: DesiredRole, observed: ObservedPolicies & ObservedRole): readonly Action[] {
  return attach(
    observed.name,
    desired.managedPolicyArns.filter((arn) => !includesArn(observed.attached, arn)),
  );
}

function attach(roleName: string, arns: readonly string[]): readonly Action[] {
  return arns.map((policyArn) => ({ kind: 'AttachManagedPolicy', roleName, policyArn }));
}

function undesired(desired: DesiredRole, { attached }: ObservedPolicies): readonly string[] {
  return attached.filter((arn) => !includesArn(desired.managedPolicyArns, arn));
}

/** Trust, boundary and permissions: all that decides who may do what. */
function planAccessChange(desired: DesiredRole, observed: ObservedRole & ObservedPolicies): readonly Action[] {
  const roleName = observed.name;
  const changed = Object.entries(desired.inline)
    .filter(([name, document]) => !samePolicy(document, observed.inline[name] ?? ''))
    .map(([name]) => name);
  const trust: readonly Action[] = samePolicy(desired.trust, observed.trust)
    ? []
    : [{ kind: 'UpdateTrustPolicy', roleName, document: desired.trust }];
  const boundary = planBoundaryPut(desired, observed);
  // The first boundary of a role narrows; one in the place of another may do either, its document is not known here.
  const isSwap = boundary.length > 0 && observed.permissionsBoundary !== undefined;
  // With a swap and a new trust no order of the two is safe: new principals within the old boundary, or the reverse.
  const isEmptied = isSwap && trust.length > 0;
  const names = isEmptied ? Object.keys(desired.inline) : changed;
  const narrowing = isEmptied
    ? names.flatMap((policyName) => planNarrowing(roleName, policyName, undefined, observed.inline[policyName]))
    : isSwap || trust.length > 0
      ? names.flatMap((name) => planNarrowing(roleName, name, desired.inline[name], observed.inline[name]))
      : [];
  const start = isSwap ? [...narrowing, ...boundary] : [...boundary, ...narrowing];
  return [...start, ...trust, ...putInline(desired, names, roleName)];
}

/** The tag comes first: after a crash in between, the boundary is still known as ours, by tag or by status. */
function planBoundaryPut(desired: DesiredRole, observed: ObservedRole): readonly Action[] {
  const { permissionsBoundary: policyArn } = desired;
  if (policyArn === undefined || policyArn === observed.permissionsBoundary) return [];
  const roleName = observed.name;
  return [
    { kind: 'TagRole', roleName, tags: boundaryTag(policyArn) },
    { kind: 'PutBoundary', roleName, policyArn },
  ];
}

/** Removes a boundary of ours, and then what says that it is ours; it widens and comes last. */
function planBoundaryRemoval(desired: DesiredRole, observed: ObservedRole, known: KnownSettings): readonly Action[] {
  const { permissionsBoundary: found, name: roleName, tags } = observed;
  if (desired.permissionsBoundary !== undefined) return [];
  const isOurs =
    found !== undefined &&
    (found === known.permissionsBoundary || boundaryTag(found)[BOUNDARY_TAG] === tags[BOUNDARY_TAG]);
  return [
    ...(isOurs ? [{ kind: 'DeleteBoundary', roleName } as const] : []),
    ...planUntag(roleName, BOUNDARY_TAG in tags ? [BOUNDARY_TAG] : []),
  ];
}

/** Cuts the policy down to what is in both documents; all of it where there is nothing desired. */
function planNarrowing(
  roleName: string,
  policyName: string,
  desired: PolicyDocument | undefined,
  observed: PolicyDocument | string | undefined,
): readonly Action[] {
  if (observed === undefined) return [];
  const document =
    desired === undefined || typeof observed === 'string' ? undefined : commonStatements(desired, observed);
  if (document === undefined) return [{ kind: 'DeleteInlinePolicy', roleName, policyName }];
  if (typeof observed !== 'string' && samePolicy(document, observed)) return [];
  return [{ kind: 'PutInlinePolicy', roleName, policyName, document }];
}

function putInline(desired: DesiredRole, names: readonly string[], roleName = desired.name): readonly Action[] {
  return names.flatMap((policyName) => {
    const document = desired.inline[policyName];
    return document === undefined ? [] : [{ kind: 'PutInlinePolicy', roleName, policyName, document } as const];
  });
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
      .filter(([key]) => !(isWritten && key === BOUNDARY_TAG)),
  );
  return Object.keys(tags).length === 0 ? [] : [{ kind: 'TagRole', roleName: observed.name, tags }];
}

/** A role that was kept when its AppAccess went is ours again as soon as the same AppAccess is back. */
function planTakeBack(observed: ObservedRole): readonly Action[] {
  const keys = Object.keys(observed.tags).filter((key) => key.toLowerCase() === RELEASED_TAG);
  return keys.length === 0 ? [] : [{ kind: 'UntagRole', roleName: observed.name, keys }];
}

/** IAM finds a managed policy whatever the case of its name. */
function includesArn(arns: readonly string[], arn: string): boolean {
  return arns.some((other) => other.toLowerCase() === arn.toLowerCase());
}

function planForeignPolicies(
  desired: DesiredRole,
  observed: ObservedRole & ObservedPolicies,
  knownArns: readonly string[],
): readonly Action[] {
  const roleName = observed.name;
  return [
    ...undesired(desired, observed)
      .filter((policyArn) => !includesArn(knownArns, policyArn) && !isDenyOnlyAwsPolicy(policyArn))
      .map((policyArn) => ({ kind: 'DetachManagedPolicy', roleName, policyArn }) as const),
    ...Object.entries(observed.inline)
      .filter(
        ([name, document]) =>
          name !== INLINE_POLICY_NAME && !Object.hasOwn(desired.inline, name) && !isDenyOnly(document),
      )
      .map(([policyName]) => ({ kind: 'DeleteInlinePolicy', roleName, policyName }) as const),
  ];
}

function planUntag(roleName: string, keys: readonly string[]): readonly Action[] {
  return keys.length === 0 ? [] : [{ kind: 'UntagRole', roleName, keys }];
}

/**
 * Keys of the tags that the spec does not have: those that it had before, and those of others. Tags on a role open doors
 * where policies match `aws:PrincipalTag`; a quarantine tag closes them and stays.
 */
function surplusTags(desired: DesiredRole, observed: ObservedRole, knownKeys: readonly string[]) {
  const wanted = new Set(Object.keys(desired.tags).map((key) => key.toLowerCase()));
  const known = new Set(knownKeys.map((key) => key.toLowerCase()));
  const surplus = Object.keys(observed.tags).filter((key) => {
    const lower = key.toLowerCase();
    return !wanted.has(lower) && ![RELEASED_TAG, BOUNDARY_TAG].includes(lower) && !lower.startsWith('aws:');
  });
  const ours = surplus.filter((key) => known.has(key.toLowerCase()));
  const foreign = surplus.filter((key) => !ours.includes(key) && !key.toLowerCase().includes('quarantine'));
  return { ours, foreign };
}
