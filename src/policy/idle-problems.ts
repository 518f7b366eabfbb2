import type { Problem } from '../base/problem.ts';
import type { FoundActions } from './check-action.ts';

export interface WrittenAction {
  readonly pattern: string;
  readonly found: FoundActions;
}

/**
 * Actions and resources of one statement that have nothing to do with each other: IAM takes them, and neither allows nor
 * denies anything by them. Only services are compared, so that what AWS's list of actions leaves out does no harm: an
 * action is idle when no resource is of a service that any of its resource types, or itself, is of. `path` leads to the
 * statement.
 */
export function idleProblems(
  actions: readonly WrittenAction[],
  resources: readonly string[] | undefined,
  path: string,
): readonly Problem[] {
  if (resources === undefined || resources.includes('*')) return [];
  const reaches = actions.map(({ found }) => servicesOf(found));
  const owners = resources.map(ownerOf);
  const idleActions = actions.flatMap(({ pattern, found }, index) => {
    const services = reaches[index];
    if (services === undefined || owners.some((owner) => owner === undefined || fits(services, owner))) return [];
    return [{ path: `${path}.actions[${index}]`, problem: `${pattern} ${idleText(found, services)}` }];
  });
  // Where every action is idle, so are all resources.
  if (idleActions.length === actions.length) return idleActions;
  const idleResources = owners.flatMap((owner, index) => {
    if (owner === undefined || reaches.some((services) => services === undefined || fits(services, owner))) return [];
    const problem = `${resources[index]} is of ${owner}, and no action here is for it; take it out, or name actions of ${owner}`;
    return [{ path: `${path}.resources[${index}]`, problem }];
  });
  return [...idleActions, ...idleResources];
}

/** Services whose resources the action can be allowed on; none when it takes no resource, `undefined` where all may fit. */
function servicesOf(found: FoundActions): readonly string[] | undefined {
  if (!found.ok || found.actions.length === 0) return undefined;
  const taking = found.actions.filter(({ resourceTypes }) => resourceTypes.length > 0);
  const services = [...new Set(taking.flatMap(({ arnServices }) => arnServices))];
  return services.includes('*') ? undefined : services;
}

/** The service that `resource` is of; `undefined` for what is refused already, being no ARN of one service. */
function ownerOf(resource: string): string | undefined {
  return /^arn:[^:]*:([A-Za-z0-9-]+):/.exec(resource)?.[1];
}

function fits(services: readonly string[], owner: string): boolean {
  return services.some((service) => service === owner || (RENAMED.has(service) && RENAMED.get(service) === owner));
}

/** Source: https://docs.aws.amazon.com/dtconsole/latest/userguide/rename.html */
const RENAMED: ReadonlyMap<string, string> = new Map([
  ['codestar-connections', 'codeconnections'],
  ['codeconnections', 'codestar-connections'],
]);

function idleText(found: FoundActions, services: readonly string[]): string {
  if (services.length === 0) return 'takes no resource; put it into a statement of its own on "*"';
  const types = found.ok ? [...new Set(found.actions.flatMap(({ resourceTypes }) => resourceTypes))] : [];
  const kinds = types.length > 3 ? `${types.slice(0, 3).join(', ')} and others` : types.join(', ');
  return `does nothing on these resources: it takes ${kinds}, of ${services.join(' or ')}; name one, or take the action out`;
}
