import { limitExceeded } from './errors.ts';

/** Default quotas of an AWS account. Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html */
export const QUOTAS = {
  rolesPerAccount: 1_000,
  instanceProfilesPerAccount: 1_000,
  rolesPerInstanceProfile: 1,
  attachedPoliciesPerRole: 10,
  tagsPerRole: 50,
  tagsPerInstanceProfile: 50,
  /** Characters that are not white space. */
  trustPolicyChars: 2_048,
  /** Characters that are not white space. */
  managedPolicyChars: 6_144,
  /** Characters that are not white space, all inline policies of one role together. */
  inlinePolicyChars: 10_240,
  /** Source: https://docs.aws.amazon.com/eks/latest/userguide/pod-identities.html */
  podIdentityAssociationsPerCluster: 5_000,
} as const;

/** Characters of `document` that IAM counts towards a size: all but white space. */
export function countedChars(document: string): number {
  return document.replace(/\s/g, '').length;
}

/** Throws `LimitExceeded` in IAM's words when one more would make `used` exceed `quota`. */
export function requireRoom(used: number, quota: number, quotaName: string): void {
  if (used >= quota) throw limitExceeded(`Cannot exceed quota for ${quotaName}: ${quota}`);
}

/** Throws `LimitExceeded` when a trust policy is too long. */
export function requireTrustPolicyFits(document: string): void {
  if (countedChars(document) > QUOTAS.trustPolicyChars) {
    throw limitExceeded(`Cannot exceed quota for ACLSizePerRole: ${QUOTAS.trustPolicyChars}`);
  }
}

/** Throws `LimitExceeded` when the inline policies of one role are too long in sum. */
export function requireInlinePoliciesFit(roleName: string, documents: readonly string[]): void {
  const chars = documents.reduce((sum, document) => sum + countedChars(document), 0);
  if (chars > QUOTAS.inlinePolicyChars) {
    throw limitExceeded(`Maximum policy size of ${QUOTAS.inlinePolicyChars} bytes exceeded for role ${roleName}`);
  }
}

/** Throws `LimitExceeded` when a managed policy is too long. */
export function requireManagedPolicyFits(document: string): void {
  if (countedChars(document) > QUOTAS.managedPolicyChars) {
    throw limitExceeded(`Cannot exceed quota for PolicySize: ${QUOTAS.managedPolicyChars}`);
  }
}

/** Throws `LimitExceeded` when an object would carry more than `quota` tags. */
export function requireTagsFit(count: number, quota: number): void {
  if (count > quota) throw limitExceeded('The number of tags has reached the maximum limit.');
}
