import { BOUNDARY_TAG, boundaryTag } from '../policy/boundary-tag.ts';
import { INLINE_POLICY_NAME } from '../policy/inline-policy.ts';
import { samePolicy } from '../policy/same-policy.ts';
import type { DesiredRole, PolicyDocument } from '../policy/types.ts';
import type { Action } from './actions.ts';
import { commonStatements } from './common-statements.ts';
import { isDenyOnlyAwsPolicy, mayDeny } from './deny-only.ts';
import type { ObservedPolicies, ObservedRole } from './observation.ts';
import type { KnownSettings, Waiting } from './plan.ts';
import { includesArn, surplusPolicies } from './surplus-policies.ts';

type Role = ObservedRole & ObservedPolicies;

/** The actions on all that decides who may do what. */
export interface PermissionsChange {
  /** In the order in which they must run; what else is to be done on the role comes between the two. */
  readonly start: readonly Action[];
  /** They widen more than all others, and come last of all. */
  readonly end: readonly Action[];
  /** They would take off what others put there, where that is only to be reported or may be what locks the role. */
  readonly left: readonly Action[];
  readonly waiting: readonly Waiting[];
}

/**
 * Trust, boundary and policies of `observed` as `desired` says, in an order in which nobody may ever do, not even when it
 * is cut off, what neither state lets them do. Drawn for a change of everything:
 *
 *     Deny policies on > first boundary on > inline policy cut down > policies off > other boundary on > trust
 *       > inline policy whole > policies on > Deny policies off > boundary off
 *
 * The inline policy is cut down to what both of its documents hold. Where two things change of which each is right with
 * the old or with the new of the other alone, no order will do: then the inline policy denies all for the moment.
 *
 * Documents of policies that are yet to be attached are not known, but for AWS's own that only deny; all others are taken
 * to allow.
 */
export function planPermissions(
  desired: DesiredRole,
  observed: Role,
  known: KnownSettings,
  unmanaged: 'Remove' | 'Report',
): PermissionsChange {
  const roleName = observed.name;
  const surplus = surplusPolicies(desired, observed, known.policyArns);
  const goes = [...(unmanaged === 'Remove' ? surplus.foreign : []), ...surplus.own];
  const denying = goes.filter(({ document }) => document !== undefined && mayDeny(document));
  // What one of them denies, another may allow.
  const removals = [...goes.filter((removal) => !denying.includes(removal)), ...denying];
  const trust: readonly Action[] = samePolicy(desired.trust, observed.trust)
    ? []
    : [{ kind: 'UpdateTrustPolicy', roleName, document: desired.trust }];
  const boundary = planBoundaryPut(desired, observed);
  // The first boundary of a role narrows; one in the place of another may do either, its document is not known here.
  const isSwap = boundary.length > 0 && observed.permissionsBoundary !== undefined;
  const pivots = (isSwap ? 1 : 0) + trust.length + denying.length;
  const inline = pivots > 1 ? planBehindDeny(desired, observed) : planInline(desired, observed, pivots > 0);

  const missing = desired.managedPolicyArns.filter((arn) => !includesArn(observed.attached, arn));
  return {
    start: [
      ...attach(roleName, missing.filter(isDenyOnlyAwsPolicy)),
      ...(isSwap ? [] : boundary),
      ...inline.cut,
      ...removals.map(({ action }) => action),
      ...(isSwap ? boundary : []),
      ...trust,
      ...inline.whole,
      ...attach(
        roleName,
        missing.filter((arn) => !isDenyOnlyAwsPolicy(arn)),
      ),
    ],
    end: [...surplus.ownDenyOnly.map(({ action }) => action), ...planBoundaryRemoval(desired, observed, known)],
    left: [...(unmanaged === 'Remove' ? [] : surplus.foreign), ...surplus.unreadable].map(({ action }) => action),
    waiting: unmanaged === 'Remove' ? surplus.unreadable.map(({ why }) => waitingFor(why)) : [],
  };
}

/** A policy that may be a responder's lock stays: to open the lock is worse than to leave what is told to be there. */
function waitingFor(why: string): Waiting {
  return { reason: 'AccessDenied', message: `${why}; until it can be read it stays attached, since it may only deny` };
}

/** `arns` in the order in which a new role gets them: what denies comes first. */
export function attachAll(roleName: string, arns: readonly string[]): readonly Action[] {
  const denying = arns.filter(isDenyOnlyAwsPolicy);
  return attach(roleName, [...denying, ...arns.filter((arn) => !denying.includes(arn))]);
}

function attach(roleName: string, arns: readonly string[]): readonly Action[] {
  return arns.map((policyArn) => ({ kind: 'AttachManagedPolicy', roleName, policyArn }));
}

/** The two steps of our own inline policies. */
interface InlineChange {
  readonly cut: readonly Action[];
  readonly whole: readonly Action[];
}

/** Our inline policies in one step, or in two where something changes between these. */
function planInline(desired: DesiredRole, observed: Role, inTwoSteps: boolean): InlineChange {
  const roleName = observed.name;
  const changes = inlineNames(desired, observed)
    .map((policyName) => ({ policyName, from: observed.inline[policyName], to: desired.inline[policyName] }))
    .filter(({ from, to }) => from === undefined || to === undefined || !samePolicy(from, to));
  const cut = inTwoSteps ? changes.flatMap(({ policyName, from, to }) => narrow(roleName, policyName, from, to)) : [];
  const gone = cut.flatMap((action) => (action.kind === 'DeleteInlinePolicy' ? [action.policyName] : []));
  const whole = changes
    .filter(({ policyName, to }) => to !== undefined || !gone.includes(policyName))
    .map(({ policyName, to }) => setInline(roleName, policyName, to));
  return { cut, whole };
}

/** Cuts the policy down to what is in both documents, and lets it deny what either of them does. */
function narrow(
  roleName: string,
  policyName: string,
  from: PolicyDocument | string | undefined,
  to: PolicyDocument = NOTHING,
): readonly Action[] {
  const document = commonStatements(to, typeof from === 'object' ? from : NOTHING);
  if (from === undefined && document === undefined) return [];
  if (from !== undefined && document !== undefined && samePolicy(document, from)) return [];
  return [setInline(roleName, policyName, document)];
}

/** Shuts the role by our own inline policy, which opens it again with its last write: a crash leaves no trace for ever. */
function planBehindDeny(desired: DesiredRole, observed: Role): InlineChange {
  const roleName = observed.name;
  const isEmpty = observed.attached.length === 0 && Object.keys(observed.inline).length === 0;
  if (isEmpty) return planInline(desired, observed, false);
  const found = observed.inline[INLINE_POLICY_NAME];
  const isShut = found !== undefined && samePolicy(found, DENY_ALL);
  const names = inlineNames(desired, observed).filter((name) => name !== INLINE_POLICY_NAME);
  return {
    cut: isShut ? [] : [setInline(roleName, INLINE_POLICY_NAME, DENY_ALL)],
    whole: [...names, INLINE_POLICY_NAME].map((name) => setInline(roleName, name, desired.inline[name])),
  };
}

const NOTHING: PolicyDocument = { Version: '2012-10-17', Statement: [] };
const DENY_ALL: PolicyDocument = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Deny', Action: '*', Resource: '*' }],
};

/** Names of the inline policies that are ours, before or after. */
function inlineNames(desired: DesiredRole, observed: Role): readonly string[] {
  const had = Object.hasOwn(observed.inline, INLINE_POLICY_NAME) ? [INLINE_POLICY_NAME] : [];
  return [...new Set([...Object.keys(desired.inline), ...had])];
}

function setInline(roleName: string, policyName: string, document: PolicyDocument | undefined): Action {
  return document === undefined
    ? { kind: 'DeleteInlinePolicy', roleName, policyName }
    : { kind: 'PutInlinePolicy', roleName, policyName, document };
}

/** The tag comes first: after a crash in between, the boundary is still known as ours, by tag or by status. */
export function planBoundaryPut(desired: DesiredRole, observed: ObservedRole): readonly Action[] {
  const { permissionsBoundary: policyArn } = desired;
  if (policyArn === undefined || policyArn === observed.permissionsBoundary) return [];
  const roleName = observed.name;
  return [
    { kind: 'TagRole', roleName, tags: boundaryTag(policyArn) },
    { kind: 'PutBoundary', roleName, policyArn },
  ];
}

/** Removes a boundary of ours, and then what says that it is ours. */
function planBoundaryRemoval(desired: DesiredRole, observed: ObservedRole, known: KnownSettings): readonly Action[] {
  const { permissionsBoundary: found, name: roleName, tags } = observed;
  if (desired.permissionsBoundary !== undefined) return [];
  const isOurs =
    found !== undefined &&
    (found === known.permissionsBoundary || boundaryTag(found)[BOUNDARY_TAG] === tags[BOUNDARY_TAG]);
  return [
    ...(isOurs ? [{ kind: 'DeleteBoundary', roleName } as const] : []),
    ...(BOUNDARY_TAG in tags ? [{ kind: 'UntagRole', roleName, keys: [BOUNDARY_TAG] } as const] : []),
  ];
}
