import type { PolicyDocument } from './types.ts';

/**
 * Most that the inline policies of one role may have in all, and a trust policy unless AWS granted more.
 * Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
 */
export const MAX_INLINE_POLICY_CHARS = 10_240;
export const MAX_TRUST_POLICY_CHARS = 2_048;

/** From here on a policy counts as near its limit. */
const NEAR_PERCENT = 80;

/** How much of what IAM allows one role the documents of an AppAccess take. */
export interface PolicySize {
  /** Of the permissions policy. */
  readonly statements: number;
  /** Of the permissions policy, as IAM counts them. */
  readonly characters: number;
  /** Those, of what a role's inline policies may have; rounded up. */
  readonly quotaPercent: number;
  /** Of the trust policy, as IAM counts them. */
  readonly trustCharacters: number;
  /** Those, of what a trust policy may have; rounded up. */
  readonly trustQuotaPercent: number;
}

/** The size of a role's two documents. Permissions without a statement are not written and take nothing. */
export function policySize(permissions: PolicyDocument, trust: PolicyDocument): PolicySize {
  const characters = permissions.Statement.length === 0 ? 0 : policyChars(permissions);
  const trustCharacters = policyChars(trust);
  return {
    statements: permissions.Statement.length,
    characters,
    quotaPercent: Math.ceil((characters / MAX_INLINE_POLICY_CHARS) * 100),
    trustCharacters,
    trustQuotaPercent: Math.ceil((trustCharacters / MAX_TRUST_POLICY_CHARS) * 100),
  };
}

/** What to say about documents that come near their limits, with the remedy; `undefined` while none does. */
export function nearQuotaText(size: PolicySize): string | undefined {
  const near = [
    ...(size.quotaPercent < NEAR_PERCENT
      ? []
      : [
          `the grants compile to ${size.characters} characters, ${size.quotaPercent} % of the ${MAX_INLINE_POLICY_CHARS} that IAM takes for one role; split them over several AppAccess objects before they grow further`,
        ]),
    ...(size.trustQuotaPercent < NEAR_PERCENT
      ? []
      : [
          `the subject compiles to a trust policy of ${size.trustCharacters} characters, ${size.trustQuotaPercent} % of the ${MAX_TRUST_POLICY_CHARS} that IAM takes; use shorter names before it grows further`,
        ]),
  ];
  return near.length === 0 ? undefined : near.join('\n');
}

/** Characters of `document` as IAM counts them: without white space between the tokens. */
export function policyChars(document: PolicyDocument): number {
  return JSON.stringify(document).length;
}
