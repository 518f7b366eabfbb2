import type { StatementGrant } from '../api/grants/statement-grant.ts';
import type { Problem } from '../base/problem.ts';
import { findActions } from './check-action.ts';
import { ESCALATION_ACTIONS } from './escalation-actions.ts';
import { matchesPattern } from './wildcards.ts';

/** Where the role is. */
interface RolePlace {
  readonly partition: string;
  readonly accountId: string;
}

/**
 * What nobody gets, whatever a manifest says: rights with which a workload could give itself all others. Patterns count
 * by what they match, so `*`, `iam:*` and `iam:Pass*` are all refused. Empty for a Deny.
 */
export function escalationProblems(
  { effect, actions = [], resources = [] }: StatementGrant,
  path: string,
  place: RolePlace,
): readonly Problem[] {
  if (effect === 'Deny') return [];
  return actions.flatMap((pattern, index) => {
    const problem = escalationOf(pattern, resources, place);
    return problem === undefined ? [] : [{ path: `${path}.actions[${index}]`, problem: `${pattern} ${problem}` }];
  });
}

function escalationOf(written: string, resources: readonly string[], place: RolePlace): string | undefined {
  const pattern = written.toLowerCase();
  if (matchesPattern(pattern, '*:*') || pattern === '*') {
    return 'is full administrator access, which nobody gets; name the actions that the workload needs';
  }
  if (matchesPattern(pattern, 'iam:*')) {
    return 'allows everything in IAM, which nobody gets; name the actions that the workload needs';
  }
  if (matchesPattern(pattern, 'organizations:*')) {
    return 'allows everything in the organisation, which nobody gets; name the actions that the workload needs';
  }
  if (matchesPattern(pattern, 'iam:passrole')) {
    return 'allows iam:PassRole, which nobody gets: with it a workload can run code under any role';
  }
  if (matchesPattern(pattern, 'sts:assumerole')) return assumeRoleProblem(resources, place);
  return singleActionProblem(written);
}

function assumeRoleProblem(resources: readonly string[], place: RolePlace): string | undefined {
  if (resources.some((resource) => reachesAnyRole(resource, place))) {
    return 'allows sts:AssumeRole on any role, which nobody gets; name the ARNs of the roles';
  }
  const unnamed = resources.find(reachesUnnamedRoles);
  if (unnamed === undefined) return undefined;
  return `allows sts:AssumeRole on every role that ${unnamed} matches, which nobody gets; name the ARNs of the roles`;
}

/** Whether the pattern reaches an action that is an escalation all by itself. */
function singleActionProblem(pattern: string): string | undefined {
  const found = findActions(pattern);
  if (!found.ok) return undefined; // told as a problem of its own
  for (const { name } of found.actions) {
    const action = `${found.service}:${name}`;
    const effect = ESCALATION_ACTIONS.get(action);
    if (effect === undefined) continue;
    const reach = action.toLowerCase() === pattern.toLowerCase() ? '' : `reaches ${action}: it `;
    return `${reach}${effect}, which nobody gets; leave that to whoever keeps the account's IAM`;
  }
  return undefined;
}

/** Whether a resource pattern matches roles that nobody had in mind: one of a made-up name, here or elsewhere. */
function reachesAnyRole(resource: string, { partition, accountId }: RolePlace): boolean {
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
