import type { Cluster, KubeConfig, User } from '@kubernetes/client-node';
import type { Dispatcher } from 'undici';
import { createDispatcher, type TlsSettings } from './create-dispatcher.ts';
import type { KubeConnection } from './kube-connection.ts';
import { checkProxy, nameOfProxy, proxyFor } from './proxy-for.ts';

interface Authentication {
  readonly headers: Readonly<Record<string, string>>;
  readonly tls: TlsSettings;
}

/**
 * A connection that authenticates as client-node does: exec plugins, OIDC, basic authentication. What an exec plugin
 * returned is used until it expires, and the plugin runs once for all requests that wait for it. A client certificate
 * that differs from the one before opens new connections; requests under way on the old ones end as they would have.
 * @throws Error when the current context names no cluster
 */
export function connectByClientNode(
  config: KubeConfig,
  env: Readonly<Record<string, string | undefined>>,
): KubeConnection {
  const cluster = config.getCurrentCluster();
  if (cluster === null) {
    throw new Error(
      `current-context "${config.currentContext ?? ''}" names no cluster; kubectl config use-context sets it`,
    );
  }
  describeClusterToPlugin(config.getCurrentUser(), cluster);
  if (cluster.proxyUrl) checkProxy(cluster.proxyUrl, `cluster "${cluster.name}": proxy-url`);
  const proxy = cluster.proxyUrl ?? proxyFor(cluster.server, env);
  let tls: TlsSettings = {};
  let dispatcher: Dispatcher = createDispatcher(tls, proxy);
  const use = (next: TlsSettings) => {
    if (JSON.stringify(next) === JSON.stringify(tls)) return;
    const old = dispatcher;
    tls = next;
    dispatcher = createDispatcher(tls, proxy);
    old.close().catch(() => undefined);
  };
  let running: Promise<Authentication> | undefined;
  return {
    server: cluster.server.replace(/\/$/, ''),
    namespace: config.getContextObject(config.currentContext)?.namespace ?? 'default',
    proxy: proxy === undefined ? undefined : nameOfProxy(proxy),
    get dispatcher() {
      return dispatcher;
    },
    async authorize(headers) {
      running ??= authenticate(config).finally(() => {
        running = undefined;
      });
      const authentication = await running;
      use(authentication.tls);
      Object.assign(headers, authentication.headers);
    },
    close: () => dispatcher.close(),
  };
}

async function authenticate(config: KubeConfig): Promise<Authentication> {
  const options: Parameters<KubeConfig['applyToHTTPSOptions']>[0] = {};
  await config.applyToHTTPSOptions(options);
  const { ca, cert, key, passphrase, servername, rejectUnauthorized } = options;
  const settings = { ca, cert, key, passphrase, servername, rejectUnauthorized };
  const tls = Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined && value !== null));
  const headers = Object.entries(options.headers ?? {}).map(([name, value]) => [name.toLowerCase(), String(value)]);
  if (typeof options.auth === 'string') {
    headers.push(['authorization', `Basic ${Buffer.from(options.auth).toString('base64')}`]);
  }
  return { headers: Object.fromEntries(headers), tls };
}

/**
 * Sets what a plugin is told of the cluster, which client-node leaves out.
 * Source: https://kubernetes.io/docs/reference/access-authn-authz/authentication/#client-go-credential-plugins
 */
function describeClusterToPlugin(user: User | null, cluster: Cluster): void {
  const exec = user?.exec;
  if (exec === undefined || exec === null) return;
  const described = {
    server: cluster.server,
    'tls-server-name': cluster.tlsServerName,
    'insecure-skip-tls-verify': cluster.skipTLSVerify || undefined,
    'certificate-authority-data': cluster.caData,
    'proxy-url': cluster.proxyUrl,
  };
  const info = {
    kind: 'ExecCredential',
    apiVersion: exec.apiVersion,
    spec: { interactive: false, ...(exec.provideClusterInfo === true ? { cluster: described } : {}) },
  };
  exec.env = [...(exec.env ?? []), { name: 'KUBERNETES_EXEC_INFO', value: JSON.stringify(info) }];
}
