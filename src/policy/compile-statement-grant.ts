import type { StatementGrant } from '../api/grant-schema.ts';
import type { Problem } from '../base/problem.ts';
import { findActions } from './check-action.ts';
import { conditionProblems } from './check-conditions.ts';
import type { CompiledGrant } from './compiled-grant.ts';

/** The statement of an escape hatch grant, or what IAM would refuse or silently ignore in it. */
export function compileStatementGrant(
  grant: StatementGrant,
  { path, name }: { readonly path: string; readonly name?: string },
): CompiledGrant {
  const { effect, actions, notActions, resources, notResources, conditions } = grant;
  const problems: Problem[] = [
    ...actionProblems(actions ?? [], `${path}.actions`),
    ...actionProblems(notActions ?? [], `${path}.notActions`),
    ...resourceProblems(resources ?? [], `${path}.resources`),
    ...resourceProblems(notResources ?? [], `${path}.notResources`),
    ...idleActionProblems(grant, path),
    ...conditionProblems(conditions, {}, `${path}.conditions`),
  ];
  return {
    problems,
    statements: [
      {
        effect,
        ...(actions === undefined ? {} : { actions }),
        ...(notActions === undefined ? {} : { notActions }),
        ...(resources === undefined ? {} : { resources }),
        ...(notResources === undefined ? {} : { notResources }),
        ...(conditions === undefined ? {} : { conditions }),
        part: 'Statement',
        ...(name === undefined ? {} : { name }),
      },
    ],
  };
}

function actionProblems(patterns: readonly string[], path: string): readonly Problem[] {
  return patterns.flatMap((pattern, index) => {
    const found = findActions(pattern);
    return found.ok ? [] : [{ path: `${path}[${index}]`, problem: found.problem }];
  });
}

function resourceProblems(resources: readonly string[], path: string): readonly Problem[] {
  return resources.flatMap((resource, index) => {
    const problem = resourceProblem(resource);
    return problem === undefined ? [] : [{ path: `${path}[${index}]`, problem }];
  });
}

/** Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html */
function resourceProblem(resource: string): string | undefined {
  if (resource === '*') return undefined;
  const [scheme, partition, service, region, account, ...rest] = resource.split(':');
  if (scheme !== 'arn' || rest.join(':') === '') {
    return `${resource} is no ARN; write "*" or arn:<partition>:<service>:<region>:<account>:<resource>`;
  }
  if (/[*?]/.test(service ?? '') || service === '') return `${resource} must name one service in its third field`;
  if ([partition, service, region, account].some((field) => field?.includes('${'))) {
    return `${resource} has a policy variable before the fifth colon, where IAM allows none`;
  }
  return undefined;
}

/** Allowing an action that takes no resource on an ARN does nothing, and IAM does not say so. */
function idleActionProblems({ effect, actions = [], resources }: StatementGrant, path: string): readonly Problem[] {
  if (effect === 'Deny' || resources === undefined || resources.includes('*')) return [];
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
