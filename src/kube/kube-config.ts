import { access } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { type Clock, systemClock } from '../base/clock.ts';
import { TerminalError } from '../base/errors.ts';
import { connectByKubeconfig } from './connect-by-kubeconfig.ts';
import { loadInClusterConnection, SERVICE_ACCOUNT_FOLDER } from './in-cluster.ts';
import type { KubeConnection } from './kube-connection.ts';
import { OidcMemory } from './oidc-tokens.ts';
import { renewableConnection } from './renewable-connection.ts';

declare module '../base/errors.ts' {
  interface ReasonRegister {
    KubeconfigInvalid: 'Terminal';
    KubeconfigMissing: 'Terminal';
  }
}

export interface KubeConfigOptions {
  /** From the flag `--kubeconfig`. */
  readonly kubeconfigPath?: string | undefined;
  /** Names kubeconfig and proxy, and is what an exec plugin runs in. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Of the pod we run in; absent: where the kubelet puts it. */
  readonly serviceAccountFolder?: string;
  /** Says when a token has expired; absent: that of the machine. */
  readonly clock?: Clock;
}

/**
 * The connection to the cluster, from the first of these that is given: `kubeconfigPath`, the files that KUBECONFIG
 * lists, the service account of the pod we run in, `$HOME/.kube/config`. Whatever it was read from is read again, all of
 * it, after the API server refused our credentials or a TLS handshake failed. Whether the API server answers, and whether
 * an exec plugin runs, shows only in the first request.
 * @throws TerminalError `KubeconfigMissing` or `KubeconfigInvalid`, naming the file and what to do
 */
export async function loadKubeConnection(options: KubeConfigOptions): Promise<KubeConnection> {
  const { kubeconfigPath, env, serviceAccountFolder = SERVICE_ACCOUNT_FOLDER } = options;
  const files = kubeconfigPath === undefined ? listed(env.KUBECONFIG) : [kubeconfigPath];
  const setting = kubeconfigPath === undefined ? 'KUBECONFIG' : '--kubeconfig';
  if (files.length > 0) return loadFiles(files, setting, options);
  if (env.KUBERNETES_SERVICE_HOST !== undefined) {
    return renewableConnection(() => loadInCluster(env, serviceAccountFolder));
  }
  const home = env.HOME === undefined ? undefined : join(env.HOME, '.kube', 'config');
  if (home !== undefined && (await exists(home))) return loadFiles([home], 'HOME', options);
  throw new TerminalError(
    'KubeconfigMissing',
    'no cluster to connect to: give --kubeconfig FILE, set KUBECONFIG, or run in a pod with a service account',
  );
}

function listed(value: string | undefined): string[] {
  return (value ?? '').split(delimiter).filter((path) => path !== '');
}

function loadFiles(
  paths: readonly string[],
  setting: string,
  { env, clock = systemClock }: KubeConfigOptions,
): Promise<KubeConnection> {
  const memory = new OidcMemory();
  return renewableConnection(async (refusal) => {
    if (refusal === 'Unauthorized') memory.refuse();
    const connection = await connectByKubeconfig({ paths, env, clock, memory }).catch((error: unknown) => {
      throw invalid(`kubeconfig ${paths.join(delimiter)}`, error);
    });
    if (connection !== undefined) return connection;
    throw new TerminalError(
      'KubeconfigMissing',
      `kubeconfig ${paths.join(delimiter)} cannot be read; check ${setting}`,
    );
  });
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
