import type { PolicyDocument } from './types.ts';

/**
 * Most that the inline policies of one role may have in all, and a trust policy unless AWS granted more.
 * Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
 */
export const MAX_INLINE_POLICY_CHARS = 10_240;
export const MAX_TRUST_POLICY_CHARS = 2_048;

/** Characters of `document` as IAM counts them: without white space between the tokens. */
export function policyChars(document: PolicyDocument): number {
  return JSON.stringify(document).length;
}
