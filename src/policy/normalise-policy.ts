import { canonicalJson } from '../base/canonical-json.ts';
import type { PolicyConditions, PolicyDocument, PolicyStatement } from './types.ts';

/**
 * `document` in a form in which documents that mean the same are equal: lists for lone strings, members sorted and
 * deduplicated, action names and condition keys in lower case, account ids for their root ARNs, statements sorted. Others
 * write policies too: an element that is not known here is kept, so that it still tells.
 * Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html and
 * …/reference_policies_elements_principal.html.
 */
export function normalisePolicy(document: PolicyDocument): unknown {
  // IAM takes one statement without its list, and others may have written the policy.
  const statements = [document.Statement ?? []].flat().map(normaliseStatement);
  return { Version: document.Version, Statement: sortJson(statements) };
}

function normaliseStatement(statement: PolicyStatement): Record<string, unknown> {
  const { Sid, Effect, Principal, Action, NotAction, Resource, NotResource, Condition, ...others } = statement;
  return {
    ...others,
    ...(Sid === undefined || Sid === '' ? {} : { Sid }),
    Effect,
    ...(Principal === undefined ? {} : { Principal: normalisePrincipal(Principal) }),
    ...(Action === undefined ? {} : { Action: members(Action, (text) => text.toLowerCase()) }),
    ...(NotAction === undefined ? {} : { NotAction: members(NotAction, (text) => text.toLowerCase()) }),
    ...(Resource === undefined ? {} : { Resource: members(Resource) }),
    ...(NotResource === undefined ? {} : { NotResource: members(NotResource) }),
    ...(Condition === undefined ? {} : { Condition: normaliseConditions(Condition) }),
  };
}

function normalisePrincipal(principal: NonNullable<PolicyStatement['Principal']>): unknown {
  if (typeof principal === 'string') return principal;
  return Object.fromEntries(
    Object.entries(principal).map(([kind, value]) => [kind, members(value, kind === 'AWS' ? accountOf : undefined)]),
  );
}

/** An account's id and the ARN of its root are one principal. */
function accountOf(principal: string): string {
  return /^arn:[a-z0-9-]+:iam::([0-9]{12}):root$/.exec(principal)?.[1] ?? principal;
}

function normaliseConditions(conditions: PolicyConditions): unknown {
  return Object.fromEntries(
    Object.entries(conditions).map(([operator, keys]) => [
      operator,
      // Pairs and no object: two keys that differ in case alone must not become one.
      sortJson(Object.entries(keys).map(([key, value]) => [key.toLowerCase(), members(value)])),
    ]),
  );
}

function members(value: unknown, change: (text: string) => string = (text) => text): readonly string[] {
  const items: readonly unknown[] = Array.isArray(value) ? value : [value];
  return [...new Set(items.map((item) => change(String(item))))].sort();
}

function sortJson(values: readonly unknown[]): readonly unknown[] {
  return values
    .map((value) => [canonicalJson(value), value] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, value]) => value);
}
