import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { createSecureContext } from 'node:tls';
import type { Dispatcher } from 'undici';
import type { Clock } from '../base/clock.ts';
import { createDispatcher, type TlsSettings } from './create-dispatcher.ts';
import { impersonationHeaders } from './impersonation.ts';
import type { KubeConnection } from './kube-connection.ts';
import { clusterFields, textOf, userFields } from './kubeconfig-fields.ts';
import { type Fields, type KubeconfigEntry, readCurrentContext } from './kubeconfig-file.ts';
import type { OidcMemory } from './oidc-tokens.ts';
import type { Proof } from './proof.ts';
import { proveIdentity } from './prove-identity.ts';
import { checkProxy, nameOfProxy, proxyFor } from './proxy-for.ts';

export interface KubeconfigOptions {
  readonly paths: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  /** Kept from one reading of the files to the next. */
  readonly memory: OidcMemory;
}

/**
 * The connection of the current context of kubeconfigs; `undefined` when none of them is there. Every field that kubectl
 * knows counts, and says who we are and whom we trust as it does there; what cannot be followed is refused. Paths in a file
 * are relative to it. The proxy is `proxy-url`, else that which `env` names. Without TLS nothing is sent that proves who we
 * are, as by kubectl. A client certificate of a plugin that differs from the one before opens new connections; requests
 * under way on the old ones end as they would have.
 * @throws Error when a file cannot be read or parsed, or holds what cannot be followed, with what to do
 */
export async function connectByKubeconfig(options: KubeconfigOptions): Promise<KubeConnection | undefined> {
  const { paths, env } = options;
  const context = await readCurrentContext(paths);
  if (context === undefined) return undefined;
  const cluster = clusterFields(context.cluster);
  const user = userFields(context.user);
  const server = serverOf(context.cluster.name, cluster);
  const proxyUrl = textOf(cluster['proxy-url']);
  if (proxyUrl !== undefined) checkProxy(proxyUrl, `cluster "${context.cluster.name}": proxy-url`);
  const proxy = proxyUrl ?? proxyFor(server, env);
  const impersonation = impersonationHeaders(user);
  const isSecure = server.startsWith('https:');
  const reread = () => readCurrentContext(paths);
  const authenticate = isSecure ? await proveIdentity({ ...options, context, user, reread }) : async () => ({});

  const fixed = isSecure ? await tlsSettings(context.cluster, cluster, context.user, user) : {};
  let shown: string | undefined; // the client certificate of a plugin
  let dispatcher: Dispatcher = createDispatcher(fixed, proxy);
  const show = ({ certificate }: Proof) => {
    if (certificate?.cert === shown) return;
    const old = dispatcher;
    shown = certificate?.cert;
    dispatcher = createDispatcher({ ...fixed, ...certificate }, proxy);
    old.close().catch(() => undefined); // resolves when the last request on it has ended, which may be a watch
  };
  let running: Promise<Proof> | undefined;
  return {
    server,
    namespace: context.namespace,
    proxy: proxy === undefined ? undefined : nameOfProxy(proxy),
    get dispatcher() {
      return dispatcher;
    },
    async authorize(headers) {
      running ??= authenticate().finally(() => {
        running = undefined;
      });
      const proof: Proof = await running;
      show(proof);
      Object.assign(headers, impersonation);
      if (proof.authorization !== undefined) headers.authorization = proof.authorization;
    },
    close: () => dispatcher.close(),
  };
}

function serverOf(name: string, cluster: Fields): string {
  const server = textOf(cluster.server);
  if (server === undefined) throw new Error(`cluster "${name}": server is missing; give the address of the API server`);
  if (!/^https?:\/\//.test(server) || !URL.canParse(server)) {
    throw new Error(`cluster "${name}": server "${server}" is no address; it begins with https://`);
  }
  return server.replace(/\/$/, '');
}

async function tlsSettings(
  clusterEntry: KubeconfigEntry,
  cluster: Fields,
  userEntry: KubeconfigEntry,
  user: Fields,
): Promise<TlsSettings> {
  const serverName = textOf(cluster['tls-server-name']);
  const ca = await material(cluster, 'certificate-authority', clusterEntry);
  if (ca !== undefined && !ca.includes('-----BEGIN')) {
    throw new Error(`cluster "${clusterEntry.name}": certificate-authority holds no certificate in PEM`);
  }
  const cert = await material(user, 'client-certificate', userEntry);
  const key = await material(user, 'client-key', userEntry);
  if (cert !== undefined && key !== undefined) checkPair(cert, key, userEntry.name);
  return {
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
    ...(serverName === undefined ? {} : { servername: serverName }),
    ...(cluster['insecure-skip-tls-verify'] === true ? { rejectUnauthorized: false } : {}),
  };
}

/** PEM from `<field>-data` in base64 or from the file that `field` names; the former wins. */
async function material(fields: Fields, field: string, { path }: KubeconfigEntry): Promise<Buffer | undefined> {
  const encoded = textOf(fields[`${field}-data`]);
  if (encoded !== undefined) return Buffer.from(encoded, 'base64');
  const file = textOf(fields[field]);
  return file === undefined ? undefined : readFile(resolve(dirname(path), file));
}

/** Also finds a pair of which only one half has been replaced yet. */
function checkPair(cert: Buffer, key: Buffer, name: string): void {
  try {
    createSecureContext({ cert, key });
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    throw new Error(`user "${name}": client-certificate and client-key cannot be used: ${problem}`);
  }
}
