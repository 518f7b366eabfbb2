import { INLINE_POLICY_NAME } from '../policy/inline-policy.ts';
import type { DesiredRole, PolicyDocument } from '../policy/types.ts';
import type { Action } from './actions.ts';
import { isDenyOnly, isDenyOnlyAwsPolicy } from './deny-only.ts';
import type { ObservedPolicies, ObservedRole } from './observation.ts';

/** The removal of one policy. */
export interface Removal {
  readonly action: Action;
  /** Absent where it is not known. */
  readonly document?: PolicyDocument | string;
}

/** Policies on a role that the spec does not name. Our own inline policy is not among them. */
export interface SurplusPolicies {
  /** Of an earlier spec. */
  readonly own: readonly Removal[];
  /** Of an earlier spec, and only denying: what they deny is open once they are off. */
  readonly ownDenyOnly: readonly Removal[];
  /** Put there by others. One that only denies is left out: it is a responder's and stays. */
  readonly foreign: readonly Removal[];
  /** Put there by others, and nobody knows whether they only deny. */
  readonly unreadable: readonly (Removal & { readonly why: string })[];
}

/** Whose the policies on `observed` are that `desired` does not have; `knownArns` are those that an earlier spec named. */
export function surplusPolicies(
  desired: DesiredRole,
  observed: ObservedRole & ObservedPolicies,
  knownArns: readonly string[],
): SurplusPolicies {
  const roleName = observed.name;
  const { unreadable = {} } = observed;
  const detachments = undesiredArns(desired, observed).map((policyArn) => {
    const document = documentOf(observed, policyArn);
    return {
      action: { kind: 'DetachManagedPolicy', roleName, policyArn } as const,
      denies: isDenyOnlyAwsPolicy(policyArn) || (document !== undefined && isDenyOnly(document)),
      isOwn: includesArn(knownArns, policyArn),
      ...(document === undefined ? {} : { document }),
    };
  });
  const strangers = Object.entries(observed.inline)
    .filter(([name]) => name !== INLINE_POLICY_NAME && !Object.hasOwn(desired.inline, name))
    .filter(([, document]) => !isDenyOnly(document))
    .map(([policyName, document]) => ({
      action: { kind: 'DeleteInlinePolicy', roleName, policyName } as const,
      document,
    }));
  const others = detachments.filter(({ isOwn, denies }) => !isOwn && !denies);
  return {
    own: detachments.filter(({ isOwn, denies }) => isOwn && !denies),
    ownDenyOnly: detachments.filter(({ isOwn, denies }) => isOwn && denies),
    foreign: [...others.filter(({ action }) => !Object.hasOwn(unreadable, action.policyArn)), ...strangers],
    unreadable: others.flatMap(({ action }) => {
      const why = Object.hasOwn(unreadable, action.policyArn) ? unreadable[action.policyArn] : undefined;
      return why === undefined ? [] : [{ action, why }];
    }),
  };
}

/** ARNs of the attached policies that `desired` does not have. */
export function undesiredArns(
  { managedPolicyArns }: Pick<DesiredRole, 'managedPolicyArns'>,
  { attached }: ObservedPolicies,
): readonly string[] {
  return attached.filter((arn) => !includesArn(managedPolicyArns, arn));
}

/** IAM finds a managed policy whatever the case of its name. */
export function includesArn(arns: readonly string[], arn: string): boolean {
  return arns.some((other) => other.toLowerCase() === arn.toLowerCase());
}

/** Whether `arn` is of a policy that AWS keeps itself. */
export function isAwsPolicy(arn: string): boolean {
  return arn.split(':')[4] === 'aws';
}

function documentOf({ attachedDocuments = {} }: ObservedPolicies, arn: string): PolicyDocument | string | undefined {
  return Object.hasOwn(attachedDocuments, arn) ? attachedDocuments[arn] : undefined;
}
