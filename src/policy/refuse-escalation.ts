import type { StatementGrant } from '../api/grants/statement-grant.ts';
import type { Problem } from '../base/problem.ts';
import { matchesPattern } from './wildcards.ts';

/**
 * What nobody gets, whatever a manifest says: rights with which a workload could give itself all others. Patterns count
 * by what they match, so `*`, `iam:*` and `iam:Pass*` are all refused. Empty for a Deny.
 */
export function escalationProblems(
  { effect, actions = [], resources = [] }: StatementGrant,
  path: string,
  account: { readonly partition: string; readonly accountId: string },
): readonly Problem[] {
  if (effect === 'Deny') return [];
  return actions.flatMap((pattern, index) => {
    const problem = escalationOf(pattern.toLowerCase(), resources, account);
    return problem === undefined ? [] : [{ path: `${path}.actions[${index}]`, problem: `${pattern} ${problem}` }];
  });
}

function escalationOf(
  pattern: string,
  resources: readonly string[],
  account: { readonly partition: string; readonly accountId: string },
): string | undefined {
  if (matchesPattern(pattern, '*:*') || pattern === '*') {
    return 'is full administrator access, which nobody gets; name the actions that the workload needs';
  }
  if (matchesPattern(pattern, 'iam:*')) {
    return 'allows everything in IAM, which nobody gets; name the actions that the workload needs';
  }
  if (matchesPattern(pattern, 'iam:passrole')) {
    return 'allows iam:PassRole, which nobody gets: with it a workload can run code under any role';
  }
  if (!matchesPattern(pattern, 'sts:assumerole')) return undefined;
  if (resources.some((resource) => reachesAnyRole(resource, account))) {
    return 'allows sts:AssumeRole on any role, which nobody gets; name the ARNs of the roles';
  }
  const unnamed = resources.find(reachesUnnamedRoles);
  if (unnamed === undefined) return undefined;
  return `allows sts:AssumeRole on every role that ${unnamed} matches, which nobody gets; name the ARNs of the roles`;
}

/** Whether a resource pattern matches roles that nobody had in mind: one of a made-up name, here or elsewhere. */
function reachesAnyRole(resource: string, { partition, accountId }: { partition: string; accountId: string }): boolean {
  const probe = 'a-role-that-nobody-named';
  return [accountId, '999999999999'].some((id) =>
    matchesPattern(resource, `arn:${partition}:iam::${id}:role/${probe}`),
  );
}

/**
 * Whether `resource` covers roles without naming each. Every pattern counts, however narrow it looks: `role/a*` to
 * `role/z*` side by side are `*`, and a policy variable can be filled by whoever tags the session.
 */
function reachesUnnamedRoles(resource: string): boolean {
  const [, , service = '', , account = '', ...rest] = resource.split(':');
  const name = rest.join(':');
  const literal = name.split(/[*?$]/, 1)[0] ?? '';
  const canBeRole = /^(iam|.*[*?].*|)$/.test(service) && (literal.startsWith('role/') || 'role/'.startsWith(literal));
  return canBeRole && !(literal === name && /^[0-9]{12}$/.test(account));
}
