import { access } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { TerminalError } from '../base/errors.ts';
import { loadInClusterConnection, SERVICE_ACCOUNT_FOLDER } from './in-cluster.ts';
import type { KubeConnection } from './kube-connection.ts';
import { loadPlainKubeconfig } from './kubeconfig-file.ts';
import { renewableConnection } from './renewable-connection.ts';

type KubeConfig = import('@kubernetes/client-node').KubeConfig;

export interface KubeConfigOptions {
  /** From the flag `--kubeconfig`. */
  readonly kubeconfigPath?: string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Of the pod we run in; absent: where the kubelet puts it. */
  readonly serviceAccountFolder?: string;
}

/**
 * The connection to the cluster, from the first of these that is given: `kubeconfigPath`, the files that KUBECONFIG
 * lists, the service account of the pod we run in, `$HOME/.kube/config`. Whatever it was read from is read again, all of
 * it, after the API server refused our credentials or a TLS handshake failed. Whether the API server answers, and whether
 * an exec plugin runs, shows only in the first request.
 * @throws TerminalError `KubeconfigMissing` or `KubeconfigInvalid`, naming the file and what to do
 */
export async function loadKubeConnection({
  kubeconfigPath,
  env,
  serviceAccountFolder = SERVICE_ACCOUNT_FOLDER,
}: KubeConfigOptions): Promise<KubeConnection> {
  const files = kubeconfigPath === undefined ? listed(env.KUBECONFIG) : [kubeconfigPath];
  const setting = kubeconfigPath === undefined ? 'KUBECONFIG' : '--kubeconfig';
  if (files.length > 0) return renewableConnection(() => loadFiles(files, setting, env));
  if (env.KUBERNETES_SERVICE_HOST !== undefined) {
    return renewableConnection(() => loadInCluster(env, serviceAccountFolder));
  }
  const home = env.HOME === undefined ? undefined : join(env.HOME, '.kube', 'config');
  if (home !== undefined && (await exists(home))) return renewableConnection(() => loadFiles([home], 'HOME', env));
  throw new TerminalError(
    'KubeconfigMissing',
    'no cluster to connect to: give --kubeconfig FILE, set KUBECONFIG, or run in a pod with a service account',
  );
}

function listed(value: string | undefined): string[] {
  return (value ?? '').split(delimiter).filter((path) => path !== '');
}

async function loadFiles(
  paths: readonly string[],
  setting: string,
  env: KubeConfigOptions['env'],
): Promise<KubeConnection> {
  for (const path of paths) {
    if (await exists(path)) continue;
    throw new TerminalError('KubeconfigMissing', `kubeconfig ${path} cannot be read; check ${setting}`);
  }
  try {
    const [path] = paths;
    const plain = paths.length === 1 && path !== undefined ? await loadPlainKubeconfig(path, env) : undefined;
    if (plain !== undefined) return plain;
    const { connectByClientNode } = await import('./client-node-connection.ts');
    return connectByClientNode(await loadMerged(paths), env);
  } catch (error) {
    throw invalid(`kubeconfig ${paths.join(delimiter)}`, error);
  }
}

/** As kubectl merges: where several files set the current context, the first one counts. */
async function loadMerged(paths: readonly string[]): Promise<KubeConfig> {
  const { KubeConfig } = await import('@kubernetes/client-node');
  const merged = new KubeConfig();
  for (const path of paths) {
    const one = new KubeConfig();
    one.loadFromFile(path);
    merged.mergeConfig(one, (merged.currentContext ?? '') !== '');
  }
  return merged;
}

async function loadInCluster(env: KubeConfigOptions['env'], folder: string): Promise<KubeConnection> {
  try {
    return await loadInClusterConnection(env, folder);
  } catch (error) {
    throw invalid('the service account of this pod (check that automountServiceAccountToken is not false)', error);
  }
}

function invalid(what: string, error: unknown): TerminalError {
  const problem = error instanceof Error ? error.message : String(error);
  return new TerminalError('KubeconfigInvalid', `${what} gives no connection: ${problem}`, error);
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
