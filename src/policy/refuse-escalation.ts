import type { Problem } from '../base/problem.ts';
import { findActions } from './check-action.ts';
import { ESCALATIONS } from './escalation-actions.ts';
import { matchesPattern } from './wildcards.ts';

/** What is asked for: the patterns of actions and resources of one Allow. */
export interface Allowed {
  readonly actions?: readonly string[];
  readonly resources?: readonly string[];
}

/**
 * What nobody gets, whatever a manifest says: rights with which a workload could give itself all others. Patterns count
 * by what they match, so `*`, `iam:*` and `iam:Pass*` are all refused. At most one problem for each action, at
 * `<path>.actions[<index>]`.
 */
export function escalationProblems({ actions = [], resources = [] }: Allowed, path: string): readonly Problem[] {
  return actions.flatMap((pattern, index) => {
    const problem = escalationOf(pattern, resources);
    return problem === undefined ? [] : [{ path: `${path}.actions[${index}]`, problem: `${pattern} ${problem}` }];
  });
}

/** Why nobody gets the action or pattern `written` on `resources`; `undefined` when one may. */
export function escalationOf(written: string, resources: readonly string[]): string | undefined {
  const pattern = written.toLowerCase();
  if (matchesPattern(pattern, '*:*') || pattern === '*') {
    return 'is full administrator access, which nobody gets; name the actions that the workload needs';
  }
  for (const [service, what] of WHOLE_SERVICES) {
    if (!matchesPattern(pattern, `${service}:*`)) continue;
    return `allows everything in ${what}, which nobody gets; name the actions that the workload needs`;
  }
  if (matchesPattern(pattern, 'iam:passrole')) {
    return 'allows a workload to run code under any role that it can pass, which nobody gets; let whoever sets up that service pass the role';
  }
  return assumeRoleProblem(pattern, resources) ?? singleActionProblem(written, resources);
}

const WHOLE_SERVICES = [
  ['iam', 'IAM'],
  ['organizations', 'the organisation'],
  ['sso', 'IAM Identity Center'],
] as const;

function assumeRoleProblem(pattern: string, resources: readonly string[]): string | undefined {
  if (!['sts:assumerole', 'sts:tagsession'].some((action) => matchesPattern(pattern, action))) return undefined;
  const unnamed = resources.find(reachesUnnamedRoles);
  if (unnamed === undefined) return undefined;
  const which = unnamed === '*' ? 'any role' : `every role that ${unnamed} matches`;
  return `allows a workload to take on ${which}, which nobody gets; name the ARNs of the roles`;
}

/** Whether the pattern reaches an action that is an escalation all by itself. */
function singleActionProblem(pattern: string, resources: readonly string[]): string | undefined {
  const found = findActions(pattern);
  if (!found.ok) return undefined; // told as a problem of its own
  for (const { name } of found.actions) {
    const action = `${found.service}:${name}`;
    const reach = action.toLowerCase() === pattern.toLowerCase() ? '' : `reaches ${action}: it `;
    if (isOrganisationWrite(action)) {
      return `${reach}changes the organisation that the account is in, which nobody gets; leave that to whoever keeps it`;
    }
    const escalation = ESCALATIONS.get(action);
    if (escalation?.unless === 'ResourcesAreNamed') {
      if (resources.every(isNamed)) continue;
      return `${reach}${escalation.effect} unless each resource is named; write their ARNs without wildcards`;
    }
    if (escalation !== undefined) {
      return `${reach}${escalation.effect}, which nobody gets; leave that to whoever keeps the account's IAM`;
    }
  }
  return undefined;
}

function isOrganisationWrite(action: string): boolean {
  return /^organizations:(?!Describe|List|Get)/.test(action);
}

/** Whether `resource` is one thing, or what lies in one bucket. A policy variable can be filled by whoever tags the session. */
function isNamed(resource: string): boolean {
  const [scheme, , service, ...rest] = resource.split(':');
  if (scheme !== 'arn') return false;
  const name = rest.slice(2).join(':');
  const fixed = service === 's3' ? (name.split('/')[0] ?? '') : [...rest.slice(0, 2), name].join(':');
  return name !== '' && !/[*?$]/.test(fixed) && !/[*?$]/.test(service ?? '');
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
