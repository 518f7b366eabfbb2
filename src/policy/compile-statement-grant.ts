import type { StatementGrant } from '../api/grant-schema.ts';
import type { Problem } from '../base/problem.ts';
import { findActions } from './check-action.ts';
import { conditionProblems } from './check-conditions.ts';
import type { CompiledGrant } from './compiled-grant.ts';
import { foreignPartition } from './foreign-partition.ts';
import { matchesPattern } from './wildcards.ts';

/** The statement of an escape hatch grant, or what IAM would refuse or silently ignore in it. */
export function compileStatementGrant(
  grant: StatementGrant,
  { path, name, partition }: { readonly path: string; readonly name?: string; readonly partition: string },
): CompiledGrant {
  const { effect, actions, notActions, resources, notResources, conditions } = grant;
  const problems: Problem[] = [
    ...actionProblems(actions ?? [], `${path}.actions`),
    ...actionProblems(notActions ?? [], `${path}.notActions`),
    ...resourceProblems(resources ?? [], `${path}.resources`, partition),
    ...resourceProblems(notResources ?? [], `${path}.notResources`, partition),
    ...idleActionProblems(grant, path),
    ...conditionProblems(conditions, [], `${path}.conditions`),
  ];
  return {
    problems,
    statements: [
      {
        effect,
        ...(actions === undefined ? {} : { actions: actions.map(publishedSpelling) }),
        ...(notActions === undefined ? {} : { notActions: notActions.map(publishedSpelling) }),
        ...(resources === undefined ? {} : { resources }),
        ...(notResources === undefined ? {} : { notResources }),
        ...(conditions === undefined ? {} : { conditions }),
        part: 'Statement',
        ...(name === undefined ? {} : { name }),
      },
    ],
  };
}

/** IAM does not mind case in actions; one spelling keeps equal statements equal. A pattern keeps its own after the colon. */
function publishedSpelling(pattern: string): string {
  const found = findActions(pattern);
  if (!found.ok || found.service === '*') return pattern;
  const [action] = found.actions;
  const name = pattern.slice(pattern.indexOf(':') + 1);
  return `${found.service}:${/[*?]/.test(name) ? name : (action?.name ?? name)}`;
}

function actionProblems(patterns: readonly string[], path: string): readonly Problem[] {
  return patterns.flatMap((pattern, index) => {
    const found = findActions(pattern);
    return found.ok ? [] : [{ path: `${path}[${index}]`, problem: found.problem }];
  });
}

function resourceProblems(resources: readonly string[], path: string, partition: string): readonly Problem[] {
  return resources.flatMap((resource, index) => {
    const problem = resourceProblem(resource, partition);
    return problem === undefined ? [] : [{ path: `${path}[${index}]`, problem }];
  });
}

/** Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html */
function resourceProblem(resource: string, partition: string): string | undefined {
  if (resource === '*') return undefined;
  const [scheme, ownPartition = '', service, region, account, ...rest] = resource.split(':');
  if (scheme !== 'arn' || rest.join(':') === '') {
    return `${resource} is no ARN; write "*" or arn:<partition>:<service>:<region>:<account>:<resource>`;
  }
  if (/[*?]/.test(service ?? '') || service === '') return `${resource} must name one service in its third field`;
  if ([ownPartition, service, region, account].some((field) => field?.includes('${'))) {
    return `${resource} has a policy variable before the fifth colon, where IAM allows none`;
  }
  if (!matchesPattern(ownPartition, partition)) return `${resource} ${foreignPartition(partition)}`;
  return undefined;
}

/** An action that takes no resource is neither allowed nor denied on an ARN, and IAM does not say so. */
function idleActionProblems({ actions = [], resources }: StatementGrant, path: string): readonly Problem[] {
  if (resources === undefined || resources.includes('*')) return [];
  return actions.flatMap((pattern, index) => {
    const found = findActions(pattern);
    const isIdle =
      found.ok && found.actions.length > 0 && found.actions.every((action) => action.resourceTypes.length === 0);
    if (!isIdle) return [];
    return [
      {
        path: `${path}.actions[${index}]`,
        problem: `${pattern} takes no resource; put it into a statement of its own on "*"`,
      },
    ];
  });
}
