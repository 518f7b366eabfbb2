import { INLINE_POLICY_NAME } from '../policy/inline-policy.ts';
import { samePolicy } from '../policy/same-policy.ts';
import type { DesiredRole, PolicyDocument, Tags } from '../policy/types.ts';
import type { Action } from './actions.ts';
import { commonStatements } from './common-statements.ts';
import { isDenyOnly } from './deny-only.ts';
import type { ObservedPolicies, ObservedRole } from './observation.ts';
import { RELEASED_TAG } from './ownership.ts';
import type { PlanRules } from './plan.ts';

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
 * Actions that turn `observed` into `desired`, in the order they must run. What narrows comes before what widens; when
 * trust and permissions both change, permissions are first cut down to what old and new have in common, so that no
 * principal ever holds a mixture that neither state granted. Both lists are empty when in sync.
 */
export function planRoleChange(
  desired: DesiredRole,
  observed: ObservedRole & ObservedPolicies,
  known: Pick<PlanRules, 'knownBoundary' | 'knownPolicyArns'>,
): RoleDifference {
  const roleName = observed.name;
  return {
    unmanaged: [
      ...planForeignPolicies(desired, observed, known.knownPolicyArns),
      ...planForeignTags(desired, observed),
    ],
    managed: [
      ...planBoundaryPut(desired, observed),
      ...planOwnRemovals(desired, observed, known.knownPolicyArns),
      ...planDocuments(desired, observed),
      ...planAttachments(desired, observed),
      ...planSettings(desired, observed),
      ...planTags(desired, observed),
      ...planTakeBack(observed),
      ...(desired.permissionsBoundary === undefined &&
      observed.permissionsBoundary !== undefined &&
      observed.permissionsBoundary === known.knownBoundary
        ? [{ kind: 'DeleteBoundary', roleName } as const]
        : []),
    ],
  };
}

function planBoundaryPut(desired: DesiredRole, observed: ObservedRole): readonly Action[] {
  const { permissionsBoundary: policyArn } = desired;
  if (policyArn === undefined || policyArn === observed.permissionsBoundary) return [];
  return [{ kind: 'PutBoundary', roleName: observed.name, policyArn }];
}

/** Policies that an earlier spec asked for and this one does not. */
function planOwnRemovals(
  desired: DesiredRole,
  observed: ObservedRole & ObservedPolicies,
  knownArns: readonly string[],
): readonly Action[] {
  const roleName = observed.name;
  const goes = INLINE_POLICY_NAME in observed.inline && !(INLINE_POLICY_NAME in desired.inline);
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
    desired.managedPolicyArns.filter((arn) => !observed.attached.includes(arn)),
  );
}

function attach(roleName: string, arns: readonly string[]): readonly Action[] {
  return arns.map((policyArn) => ({ kind: 'AttachManagedPolicy', roleName, policyArn }));
}

function undesired(desired: DesiredRole, { attached }: ObservedPolicies): readonly string[] {
  return attached.filter((arn) => !desired.managedPolicyArns.includes(arn));
}

function planDocuments(desired: DesiredRole, observed: ObservedRole & ObservedPolicies): readonly Action[] {
  const roleName = observed.name;
  const changed = Object.entries(desired.inline)
    .filter(([name, document]) => !samePolicy(document, observed.inline[name] ?? ''))
    .map(([name]) => name);
  if (samePolicy(desired.trust, observed.trust)) return putInline(desired, changed, roleName);
  return [
    ...changed.flatMap((name) => planNarrowing(roleName, name, desired.inline[name], observed.inline[name])),
    { kind: 'UpdateTrustPolicy', roleName, document: desired.trust },
    ...putInline(desired, changed, roleName),
  ];
}

function planNarrowing(
  roleName: string,
  policyName: string,
  desired: PolicyDocument | undefined,
  observed: PolicyDocument | string | undefined,
): readonly Action[] {
  if (desired === undefined || observed === undefined) return [];
  const document = typeof observed === 'string' ? undefined : commonStatements(desired, observed);
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
  const tags: Tags = Object.fromEntries(
    Object.entries(desired.tags).filter(([key, value]) => found.get(key.toLowerCase()) !== value),
  );
  return Object.keys(tags).length === 0 ? [] : [{ kind: 'TagRole', roleName: observed.name, tags }];
}

/** A role that was kept when its AppAccess went is ours again as soon as the same AppAccess is back. */
function planTakeBack(observed: ObservedRole): readonly Action[] {
  const keys = Object.keys(observed.tags).filter((key) => key.toLowerCase() === RELEASED_TAG);
  return keys.length === 0 ? [] : [{ kind: 'UntagRole', roleName: observed.name, keys }];
}

function planForeignPolicies(
  desired: DesiredRole,
  observed: ObservedRole & ObservedPolicies,
  knownArns: readonly string[],
): readonly Action[] {
  const roleName = observed.name;
  return [
    ...undesired(desired, observed)
      .filter((policyArn) => !knownArns.includes(policyArn))
      .map((policyArn) => ({ kind: 'DetachManagedPolicy', roleName, policyArn }) as const),
    ...Object.entries(observed.inline)
      .filter(([name, document]) => name !== INLINE_POLICY_NAME && !(name in desired.inline) && !isDenyOnly(document))
      .map(([policyName]) => ({ kind: 'DeleteInlinePolicy', roleName, policyName }) as const),
  ];
}

/** Tags on a role open doors where policies match `aws:PrincipalTag`; a quarantine tag closes them and stays. */
function planForeignTags(desired: DesiredRole, observed: ObservedRole): readonly Action[] {
  const wanted = new Set(Object.keys(desired.tags).map((key) => key.toLowerCase()));
  const keys = Object.keys(observed.tags).filter((key) => {
    const lower = key.toLowerCase();
    return !wanted.has(lower) && lower !== RELEASED_TAG && !lower.startsWith('aws:') && !lower.includes('quarantine');
  });
  return keys.length === 0 ? [] : [{ kind: 'UntagRole', roleName: observed.name, keys }];
}
