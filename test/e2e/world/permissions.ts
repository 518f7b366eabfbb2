import type { AuditEvent } from './audit-log.ts';

/** A rule of a Role or ClusterRole. */
export type PolicyRule = {
  readonly apiGroups?: readonly string[];
  readonly resources?: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly verbs: readonly string[];
};

/** What `rules` grant, one permission a line: `patch serviceaccounts`, `get namespaces kube-system`. Sorted. */
export function grantedPermissions(rules: readonly PolicyRule[]): readonly string[] {
  const lines = rules.flatMap(({ apiGroups = [], resources = [], resourceNames = [''], verbs }) =>
    apiGroups.flatMap((group) =>
      resources.flatMap((resource) =>
        resourceNames.flatMap((name) => verbs.map((verb) => permission(verb, resource, group, name))),
      ),
    ),
  );
  return [...new Set(lines)].sort();
}

/** The permissions that `events` used, in the same words. `named` are those that are granted for one name only. */
export function usedPermissions(events: readonly AuditEvent[], named: readonly string[]): readonly string[] {
  const lines = events.flatMap(({ verb, objectRef }) => {
    if (objectRef?.resource === undefined) return [];
    const { resource, subresource, apiGroup = '', name = '' } = objectRef;
    const path = subresource === undefined ? resource : `${resource}/${subresource}`;
    const exact = permission(verb, path, apiGroup, name);
    return [named.includes(exact) ? exact : permission(verb, path, apiGroup, '')];
  });
  return [...new Set(lines)].sort();
}

function permission(verb: string, resource: string, group: string, name: string): string {
  const [kind, ...subresource] = resource.split('/');
  const qualified = [group === '' ? kind : `${kind}.${group}`, ...subresource].join('/');
  return name === '' ? `${verb} ${qualified}` : `${verb} ${qualified} ${name}`;
}
