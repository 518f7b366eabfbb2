import type { Json } from './json.ts';
import type { ResourceKind } from './resource-kind.ts';

/** The version that the server calls itself; kubectl compares it with its own. */
export const SERVER_VERSION = { major: '1', minor: '36', gitVersion: 'v1.36.3+appaccess-dev', platform: 'embedded' };

const ALL_VERBS = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'];

/** The answer to a discovery path, or `undefined` when `path` is none. */
export function discover(path: string, kinds: readonly ResourceKind[]): Json | undefined {
  if (path === '/version') return SERVER_VERSION;
  if (path === '/api') return { kind: 'APIVersions', versions: ['v1'], serverAddressByClientCIDRs: [] };
  if (path === '/apis')
    return { kind: 'APIGroupList', apiVersion: 'v1', groups: groupNames(kinds).map((group) => groupOf(group, kinds)) };
  const [, root, ...parts] = path.split('/');
  const [group = '', version] = root === 'api' ? ['', parts[0]] : parts;
  if (root === 'apis' && version === undefined && groupNames(kinds).includes(group)) {
    return { kind: 'APIGroup', apiVersion: 'v1', ...groupOf(group, kinds) };
  }
  if ((root !== 'api' && root !== 'apis') || parts.length > (root === 'api' ? 1 : 2)) return undefined;
  const served = kinds.filter((kind) => kind.group === group && kind.version === version);
  if (served.length === 0) return undefined;
  const groupVersion = group === '' ? version : `${group}/${version}`;
  return { kind: 'APIResourceList', apiVersion: 'v1', groupVersion, resources: served.flatMap(resourcesOf) };
}

function groupNames(kinds: readonly ResourceKind[]): readonly string[] {
  return [...new Set(kinds.map((kind) => kind.group))].filter((group) => group !== '');
}

function groupOf(name: string, kinds: readonly ResourceKind[]): Json {
  const versions = [...new Set(kinds.filter(({ group }) => group === name).map(({ version }) => version))].map(
    (version) => ({
      groupVersion: `${name}/${version}`,
      version,
    }),
  );
  return { name, versions, preferredVersion: versions[0] };
}

function resourcesOf(kind: ResourceKind): readonly Json[] {
  const { plural, singular, namespaced, shortNames, categories } = kind;
  const main = {
    name: plural,
    singularName: singular,
    namespaced,
    kind: kind.kind,
    verbs: ALL_VERBS,
    ...(shortNames.length === 0 ? {} : { shortNames }),
    ...(categories.length === 0 ? {} : { categories }),
  };
  const status = {
    name: `${plural}/status`,
    singularName: '',
    namespaced,
    kind: kind.kind,
    verbs: ['get', 'patch', 'update'],
  };
  return kind.hasStatus ? [main, status] : [main];
}
