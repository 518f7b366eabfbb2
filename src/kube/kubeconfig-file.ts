import { readFile } from 'node:fs/promises';
import { load } from 'js-yaml';
import { isJson } from './kube-object.ts';

export type Fields = Readonly<Record<string, unknown>>;

/** What stands under a name in a kubeconfig. */
export interface KubeconfigEntry {
  readonly name: string;
  readonly fields: Fields;
  /** The file that it stands in: paths in `fields` are relative to it. */
  readonly path: string;
}

/** Where the current context leads, and as whom. */
export interface CurrentContext {
  readonly namespace: string;
  readonly cluster: KubeconfigEntry;
  /** Without fields where the context names no user. */
  readonly user: KubeconfigEntry;
}

/**
 * The current context of the kubeconfigs at `paths`, merged as kubectl does: of several entries with one name, and of
 * several current contexts, the first one counts, whole; files that are not there count for nothing. `undefined` when none
 * is there. Source: https://kubernetes.io/docs/concepts/configuration/organize-cluster-access-kubeconfig/
 * @throws Error when a file cannot be read or parsed, or names something that is in none of them
 */
export async function readCurrentContext(paths: readonly string[]): Promise<CurrentContext | undefined> {
  const read = await Promise.all(paths.map(readKubeconfig));
  const files = read.filter((file) => file !== undefined);
  if (files.length === 0) return undefined;
  const current = files.map(({ config }) => config['current-context']).find((name) => name);
  if (typeof current !== 'string') {
    throw new Error('no current-context is set; kubectl config use-context NAME sets it');
  }
  const context = entryOf(files, 'contexts', 'context', current, 'current-context');
  const { cluster, user, namespace } = context.fields;
  return {
    namespace: typeof namespace === 'string' && namespace !== '' ? namespace : 'default',
    cluster: entryOf(files, 'clusters', 'cluster', cluster, `context "${current}"`),
    user: user ? entryOf(files, 'users', 'user', user, `context "${current}"`) : { ...context, name: '', fields: {} },
  };
}

interface KubeconfigFile {
  readonly path: string;
  readonly config: Fields;
}

async function readKubeconfig(path: string): Promise<KubeconfigFile | undefined> {
  try {
    const config: unknown = load(await readFile(path, 'utf8')) ?? {};
    if (!isJson(config)) throw new Error(`${path} holds no fields`);
    return { path, config };
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

/** The entry that `by` names in the list `plural`, whose items are `{name, [field]: {...}}`. */
function entryOf(
  files: readonly KubeconfigFile[],
  plural: string,
  field: string,
  name: unknown,
  by: string,
): KubeconfigEntry {
  for (const { path, config } of files) {
    const list: readonly unknown[] = Array.isArray(config[plural]) ? config[plural] : [];
    const entry = list.find((item) => isJson(item) && item.name === name);
    if (!isJson(entry) || typeof name !== 'string') continue;
    const fields = entry[field] ?? {};
    if (!isJson(fields)) throw new Error(`${field} "${name}" holds no fields`);
    return { name, fields, path };
  }
  const named = name ? `${field} "${String(name)}", which is not there` : `no ${field}`;
  throw new Error(`${by} names ${named}; kubectl config view shows what is`);
}
