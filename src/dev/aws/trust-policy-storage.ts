import type { Account } from './account.ts';
import { isRecord, toList } from './document-grammar.ts';
import type { IamStore } from './iam-store.ts';

/**
 * The trust policy as IAM keeps it: a bare account id becomes the account's root ARN, the ARN of a role of this account
 * becomes the role's unique id, and the order of principals, of condition keys and of their values is not the sender's
 * (here: descending). `text` must be valid. Sources:
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html; the changed order is
 * known from issues 20665 and 30870 of the Terraform provider for AWS.
 */
export function toStoredTrustPolicy(text: string, account: Account, store: IamStore): string {
  return mapPrincipals(text, (principal) => {
    if (/^\d{12}$/.test(principal)) return `arn:${account.partition}:iam::${principal}:root`;
    return store.roles.list().find((role) => role.arn === principal)?.id ?? principal;
  });
}

/** The trust policy as IAM shows it: ids of roles that exist become ARNs, ids of roles that are gone stay ids. */
export function toShownTrustPolicy(stored: string, store: IamStore): string {
  if (!stored.includes('AROA')) return stored;
  return mapPrincipals(
    stored,
    (principal) => store.roles.list().find((role) => role.id === principal)?.arn ?? principal,
  );
}

function mapPrincipals(text: string, change: (principal: string) => string): string {
  const document: unknown = JSON.parse(text);
  if (!isRecord(document)) return text;
  const statements = toList(document.Statement).map((statement) =>
    isRecord(statement) ? mapStatement(statement, change) : statement,
  );
  return JSON.stringify({
    ...document,
    Statement: Array.isArray(document.Statement) ? statements : statements[0],
  });
}

function mapStatement(statement: Readonly<Record<string, unknown>>, change: (principal: string) => string): unknown {
  const { Principal: principal, Condition: condition } = statement;
  return {
    ...statement,
    ...(isRecord(principal) ? { Principal: mapPrincipal(principal, change) } : {}),
    ...(isRecord(condition) ? { Condition: reorder(condition) } : {}),
  };
}

function mapPrincipal(principal: Readonly<Record<string, unknown>>, change: (principal: string) => string): unknown {
  const { AWS: aws } = principal;
  if (aws === undefined) return reorder(principal);
  return reorder({
    ...principal,
    AWS: Array.isArray(aws) ? aws.map((item) => change(String(item))) : change(String(aws)),
  });
}

/** Every list in descending order, and the keys of every object too. */
function reorder(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reorder).sort(descending);
  if (!isRecord(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => descending(a, b))
      .map(([key, item]) => [key, reorder(item)]),
  );
}

function descending(a: unknown, b: unknown): number {
  return String(a) < String(b) ? 1 : -1;
}
