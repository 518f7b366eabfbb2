import { access } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { Agent, type Dispatcher } from 'undici';
import { TerminalError } from '../base/errors.ts';
import { loadInCluster } from './in-cluster.ts';
import type { KubeConnection } from './kube-connection.ts';
import { loadPlainKubeconfig } from './kubeconfig-file.ts';

type KubeConfig = import('@kubernetes/client-node').KubeConfig;

export interface KubeConfigOptions {
  /** From the flag `--kubeconfig`. */
  readonly kubeconfigPath?: string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/**
 * The connection to the cluster, from the first of these that is given: `kubeconfigPath`, the files that KUBECONFIG
 * lists, the service account of the pod we run in, `$HOME/.kube/config`. An in-cluster token is read again after a
 * minute; a CA, or a client certificate that an exec plugin returns, is read once.
 * @throws TerminalError `KubeconfigMissing` or `KubeconfigInvalid`, naming the file and what to do
 */
export async function loadKubeConnection({ kubeconfigPath, env }: KubeConfigOptions): Promise<KubeConnection> {
  const files = kubeconfigPath === undefined ? listed(env.KUBECONFIG) : [kubeconfigPath];
  if (files.length > 0) return loadFiles(files, kubeconfigPath === undefined ? 'KUBECONFIG' : '--kubeconfig');
  if (env.KUBERNETES_SERVICE_HOST !== undefined) {
    return loadInCluster(env).catch((error: unknown) => {
      throw invalid('the service account of this pod (check that automountServiceAccountToken is not false)', error);
    });
  }
  const home = env.HOME === undefined ? undefined : join(env.HOME, '.kube', 'config');
  if (home !== undefined && (await exists(home))) return loadFiles([home], 'HOME');
  throw new TerminalError(
    'KubeconfigMissing',
    'no cluster to connect to: give --kubeconfig FILE, set KUBECONFIG, or run in a pod with a service account',
  );
}

function listed(value: string | undefined): string[] {
  return (value ?? '').split(delimiter).filter((path) => path !== '');
}

async function loadFiles(paths: readonly string[], setting: string): Promise<KubeConnection> {
  for (const path of paths) {
    if (await exists(path)) continue;
    throw new TerminalError('KubeconfigMissing', `kubeconfig ${path} cannot be read; check ${setting}`);
  }
  try {
    const [path] = paths;
    const plain = paths.length === 1 && path !== undefined ? await loadPlainKubeconfig(path) : undefined;
    return plain ?? (await connect(await loadMerged(paths)));
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

/** @throws Error when the current context, its cluster or its files are absent, or an exec plugin fails */
async function connect(config: KubeConfig): Promise<KubeConnection> {
  const cluster = config.getCurrentCluster();
  if (cluster === null) {
    throw new Error(
      `current-context "${config.currentContext ?? ''}" names no cluster; kubectl config use-context sets it`,
    );
  }
  const { dispatcher = new Agent() } = await authentication(config);
  return {
    server: cluster.server,
    namespace: config.getContextObject(config.currentContext)?.namespace ?? 'default',
    dispatcher,
    async authorize(headers) {
      Object.assign(headers, (await authentication(config)).headers);
    },
    close: () => dispatcher.close(),
  };
}

/**
 * What client-node would put on a request. It makes a dispatcher each time; only that of the first call is used, so that
 * connections stay open. The others never open one.
 */
async function authentication(
  config: KubeConfig,
): Promise<{ headers: Record<string, string>; dispatcher?: Dispatcher }> {
  const { RequestContext, HttpMethod } = await import('@kubernetes/client-node');
  const request = new RequestContext(config.getCurrentCluster()?.server ?? '', HttpMethod.GET);
  await config.applySecurityAuthentication(request);
  const dispatcher = request.getDispatcher();
  return { headers: request.getHeaders(), ...(dispatcher === undefined ? {} : { dispatcher }) };
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
