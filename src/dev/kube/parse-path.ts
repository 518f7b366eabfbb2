import type { ResourceKind } from './resource-kind.ts';

export interface ResourcePlace {
  readonly kind: ResourceKind;
  readonly namespace: string | undefined;
  readonly name: string | undefined;
  readonly subresource: string | undefined;
}

/** What `path` names: `/apis/<group>/<version>[/namespaces/<ns>]/<plural>[/<name>[/<subresource>]]`, or under `/api/v1`. */
export function parsePath(path: string, kinds: readonly ResourceKind[]): ResourcePlace | undefined {
  const [root, ...rest] = path
    .split('/')
    .filter((part) => part !== '')
    .map(decodeURIComponent);
  if (root !== 'api' && root !== 'apis') return undefined;
  const [group, version, ...parts] = root === 'api' ? ['', ...rest] : rest;
  const find = (plural: string | undefined) =>
    kinds.find((kind) => kind.group === group && kind.version === version && kind.plural === plural);
  if (parts[0] === 'namespaces' && parts.length >= 3) {
    const [, namespace, plural, name, subresource] = parts;
    const kind = find(plural);
    if (kind?.namespaced) return { kind, namespace, name, subresource };
  }
  const [plural, name, subresource] = parts;
  const kind = find(plural);
  return kind === undefined ? undefined : { kind, namespace: undefined, name, subresource };
}
