import { canonicalJson } from '../../src/base/canonical-json.ts';
import type { OneOrMany, PolicyDocument, PolicyStatement } from '../../src/policy/types.ts';

/** What decides who may do what through a role. */
export interface RoleAccess {
  readonly trust: PolicyDocument;
  /** Inline policies by name. */
  readonly inline: Readonly<Record<string, PolicyDocument>>;
  /** ARNs of managed policies. */
  readonly attached: readonly string[];
  readonly boundary: string | undefined;
}

/** What decides beside the role, by ARN: what boundaries let through as patterns of actions, and what policies say. */
export interface ManagedPolicies {
  readonly boundaries: Readonly<Record<string, readonly string[]>>;
  readonly documents: Readonly<Record<string, PolicyDocument>>;
}

/** One thing that a principal may do: all three as texts. */
export interface Grant {
  readonly principal: string;
  readonly action: string;
  readonly resource: string;
}

/**
 * Those of `universe` that `access` grants, by IAM's rule: let in by the trust, allowed by a statement and by the
 * boundary, and denied by none. Conditions of permissions are part of what a statement is, and count as fulfilled.
 */
export function grantsOf(
  access: RoleAccess,
  universe: readonly Grant[],
  { boundaries, documents }: ManagedPolicies,
): readonly Grant[] {
  const attached = access.attached.flatMap((arn) => documents[arn] ?? []);
  const statements = [...Object.values(access.inline), ...attached].flatMap((document) => document.Statement);
  const limit = access.boundary === undefined ? ['*'] : (boundaries[access.boundary] ?? []);
  const principals = access.trust.Statement.map(principalOf);
  return universe.filter(
    (grant) =>
      principals.includes(grant.principal) &&
      limit.some((pattern) => matches(pattern, grant.action)) &&
      statements.some((statement) => statement.Effect === 'Allow' && covers(statement, grant)) &&
      !statements.some((statement) => statement.Effect === 'Deny' && covers(statement, grant)),
  );
}

/** Everything that any of `all` speaks of: each principal with each action and resource, patterns taken as names. */
export function universeOf(all: readonly RoleAccess[], { documents }: ManagedPolicies): readonly Grant[] {
  const inlines = all.flatMap(({ inline }) => Object.values(inline));
  const statements = [...inlines, ...Object.values(documents)].flatMap((document) => document.Statement);
  const principals = new Set(all.flatMap(({ trust }) => trust.Statement.map(principalOf)));
  const actions = new Set(statements.flatMap(({ Action, NotAction }) => [...listOf(Action), ...listOf(NotAction)]));
  const resources = new Set(
    statements.flatMap(({ Resource, NotResource }) => [...listOf(Resource), ...listOf(NotResource)]),
  );
  return [...principals].flatMap((principal) =>
    [...actions].flatMap((action) => [...resources].map((resource) => ({ principal, action, resource }))),
  );
}

/** Who a statement of a trust policy lets in and on what conditions, in one text. */
function principalOf({ Principal, Condition }: PolicyStatement): string {
  return canonicalJson([Principal, Condition ?? null]);
}

function covers(statement: PolicyStatement, { action, resource }: Grant): boolean {
  return (
    within(statement.Action, statement.NotAction, action) && within(statement.Resource, statement.NotResource, resource)
  );
}

function within(only: OneOrMany | undefined, allBut: OneOrMany | undefined, name: string): boolean {
  return only === undefined
    ? !listOf(allBut).some((pattern) => matches(pattern, name))
    : listOf(only).some((pattern) => matches(pattern, name));
}

function matches(pattern: string, name: string): boolean {
  const source = pattern.replace(/[.*+?^${}()|[\]\\]/g, (character) => (character === '*' ? '.*' : `\\${character}`));
  return new RegExp(`^${source}$`, 'i').test(name);
}

function listOf(value: OneOrMany | undefined): readonly string[] {
  return value === undefined ? [] : typeof value === 'string' ? [value] : value;
}
