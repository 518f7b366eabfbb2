import type { StatementGrant } from '../api/grants/statement-grant.ts';
import type { Problem } from '../base/problem.ts';
import { findActions } from './check-action.ts';
import { conditionProblems } from './check-conditions.ts';
import type { CompiledGrant } from './compiled-grant.ts';
import { foreignPartition } from './foreign-partition.ts';
import { idleProblems, type WrittenAction } from './idle-problems.ts';
import { matchesPattern } from './wildcards.ts';

/** The statement of an escape hatch grant, or what IAM would refuse or silently ignore in it. */
export function compileStatementGrant(
  grant: StatementGrant,
  { path, name, partition }: { readonly path: string; readonly name?: string; readonly partition: string },
): CompiledGrant {
  const { effect, actions, notActions, resources, notResources, conditions } = grant;
  const found = actions?.map(findAction);
  const notFound = notActions?.map(findAction);
  const problems: Problem[] = [
    ...actionProblems(found ?? [], `${path}.actions`),
    ...actionProblems(notFound ?? [], `${path}.notActions`),
    ...resourceProblems(resources ?? [], `${path}.resources`, partition),
    ...resourceProblems(notResources ?? [], `${path}.notResources`, partition),
    ...idleProblems(found ?? [], resources, path),
    ...conditionProblems(conditions, [], `${path}.conditions`),
  ];
  return {
    problems,
    statements: [
      {
        effect,
        ...(found === undefined ? {} : { actions: found.map(publishedSpelling) }),
        ...(notFound === undefined ? {} : { notActions: notFound.map(publishedSpelling) }),
        ...(resources === undefined ? {} : { resources }),
        ...(notResources === undefined ? {} : { notResources }),
        ...(conditions === undefined ? {} : { conditions }),
        part: 'Statement',
        ...(name === undefined ? {} : { name }),
      },
    ],
  };
}

function findAction(pattern: string): WrittenAction {
  return { pattern, found: findActions(pattern) };
}

/** IAM does not mind case in actions; one spelling keeps equal statements equal. A pattern keeps its own after the colon. */
function publishedSpelling({ pattern, found }: WrittenAction): string {
  if (!found.ok || found.service === '*') return pattern;
  const [action] = found.actions;
  const name = pattern.slice(pattern.indexOf(':') + 1);
  return `${found.service}:${/[*?]/.test(name) ? name : (action?.name ?? name)}`;
}

function actionProblems(actions: readonly WrittenAction[], path: string): readonly Problem[] {
  return actions.flatMap(({ found }, index) => {
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
