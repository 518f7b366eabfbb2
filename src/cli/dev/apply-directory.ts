import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { loadAll } from 'js-yaml';
import { isRecord } from '../../api/is-record.ts';
import type { Clock } from '../../base/clock.ts';
import type { Logger } from '../../base/logger.ts';
import { KubeClient } from '../../kube/kube-client.ts';
import type { KubeConnection } from '../../kube/kube-connection.ts';
import { type KubeObject, toKubeObject } from '../../kube/kube-object.ts';
import type { ResourcePath } from '../../kube/resource-path.ts';
import { CommandError } from '../command-result.ts';
import { APP_ACCESSES, SERVICE_ACCOUNTS } from '../controller/resource-paths.ts';

const PATHS: Readonly<Record<string, ResourcePath & { cluster?: true }>> = {
  AppAccess: APP_ACCESSES,
  ServiceAccount: SERVICE_ACCOUNTS,
  Namespace: { group: '', version: 'v1', plural: 'namespaces', cluster: true },
};

/** Applies every manifest in `directory` by server-side apply, as `kubectl apply --server-side -f` would. */
export async function applyDirectory(
  directory: string,
  connection: KubeConnection,
  clock: Clock,
  log: Logger,
): Promise<void> {
  const client = new KubeClient({ connection, clock, random: Math.random, userAgent: 'appaccess-dev' });
  for (const object of await readObjects(directory)) {
    const { kind = '', metadata } = object;
    const known = PATHS[kind];
    if (known === undefined) throw new CommandError(`--apply: the embedded world has no kind ${kind}`);
    const { cluster, ...path } = known;
    const namespace = metadata.namespace ?? 'default';
    const target = { ...path, ...(cluster ? {} : { namespace }), name: metadata.name };
    try {
      await client.apply(target, object, { fieldManager: 'appaccess-dev' }, new AbortController().signal);
    } catch (error) {
      throw new CommandError(`--apply: ${error instanceof Error ? error.message : String(error)}`);
    }
    log.info('applied', { kind, namespace, name: metadata.name });
  }
}

async function readObjects(directory: string): Promise<readonly KubeObject[]> {
  const names = await readdir(directory).catch(() => {
    throw new CommandError(`--apply: directory ${directory} cannot be read`);
  });
  const files = names.filter((name) => /\.(ya?ml|json)$/.test(name)).sort();
  const documents = await Promise.all(
    files.map(async (name) => loadAll(await readFile(join(directory, name), 'utf8'))),
  );
  return documents
    .flat()
    .filter(isRecord)
    .map((object) => toKubeObject<KubeObject>(object));
}
