import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { load } from 'js-yaml';
import { createDispatcher } from './create-dispatcher.ts';
import type { KubeConnection } from './kube-connection.ts';
import { isJson } from './kube-object.ts';
import { checkProxy, nameOfProxy, proxyFor } from './proxy-for.ts';

const CLUSTER_FIELDS = new Set([
  'server',
  'certificate-authority',
  'certificate-authority-data',
  'insecure-skip-tls-verify',
  'tls-server-name',
  'proxy-url',
]);
const USER_FIELDS = new Set([
  'token',
  'tokenFile',
  'client-certificate',
  'client-certificate-data',
  'client-key',
  'client-key-data',
]);

type Fields = Readonly<Record<string, unknown>>;

/**
 * The connection of the current context of the kubeconfig at `path`, or `undefined` when that context uses anything but
 * a server, its CA and proxy, and a token or client certificate. Those go to client-node, which takes 0.4 s and 90 MB to
 * load. Paths in the file are relative to it. A `tokenFile` is read for each request. The proxy is `proxy-url`, else that
 * which `env` names. Source: https://kubernetes.io/docs/reference/config-api/kubeconfig.v1/
 * @throws Error when the file cannot be read or parsed
 */
export async function loadPlainKubeconfig(
  path: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<KubeConnection | undefined> {
  const config: unknown = load(await readFile(path, 'utf8'));
  if (!isJson(config)) return undefined;
  const context = named(config.contexts, config['current-context'], 'context');
  const cluster = named(config.clusters, context?.cluster, 'cluster');
  const user = named(config.users, context?.user, 'user');
  if (context === undefined || cluster === undefined || user === undefined) return undefined;
  if (!usesOnly(cluster, CLUSTER_FIELDS) || !usesOnly(user, USER_FIELDS)) return undefined;
  if (typeof cluster.server !== 'string') return undefined;

  const directory = dirname(resolve(path));
  const server = cluster.server.replace(/\/$/, '');
  const serverName = textOf(cluster['tls-server-name']);
  const proxyUrl = textOf(cluster['proxy-url']);
  if (proxyUrl !== undefined) checkProxy(proxyUrl, `cluster "${context.cluster}": proxy-url`);
  const proxy = proxyUrl ?? proxyFor(server, env);
  const dispatcher = createDispatcher(
    {
      ...(await material('ca', cluster, 'certificate-authority', directory)),
      ...(await material('cert', user, 'client-certificate', directory)),
      ...(await material('key', user, 'client-key', directory)),
      ...(serverName === undefined ? {} : { servername: serverName }),
      ...(cluster['insecure-skip-tls-verify'] === true ? { rejectUnauthorized: false } : {}),
    },
    proxy,
  );
  const tokenFile = textOf(user.tokenFile);
  const tokenPath = tokenFile === undefined ? undefined : resolve(directory, tokenFile);
  return {
    server,
    namespace: typeof context.namespace === 'string' ? context.namespace : 'default',
    proxy: proxy === undefined ? undefined : nameOfProxy(proxy),
    dispatcher,
    async authorize(headers) {
      // As in client-go, the file counts where both are given.
      const token = tokenPath === undefined ? textOf(user.token) : (await readFile(tokenPath, 'utf8')).trim();
      if (token !== undefined) headers.authorization = `Bearer ${token}`;
    },
    close: () => dispatcher.close(),
  };
}

/** The entry called `name` in a list of `{name, [field]: {...}}`; a user that is there but empty is `{}`. */
function named(list: unknown, name: unknown, field: string): Fields | undefined {
  if (!Array.isArray(list) || typeof name !== 'string') return undefined;
  const entry: unknown = list.find((each: unknown) => isJson(each) && each.name === name);
  if (!isJson(entry)) return undefined;
  const value = entry[field] ?? {};
  return isJson(value) ? value : undefined;
}

/** `value` when it is a text that says something. */
function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function usesOnly(fields: Fields, known: ReadonlySet<string>): boolean {
  return Object.keys(fields).every((field) => known.has(field));
}

/** `{[option]: PEM}` from `<field>-data` in base64 or from the file that `field` names; the former wins. */
async function material(option: string, fields: Fields, field: string, directory: string): Promise<Fields> {
  const encoded = fields[`${field}-data`];
  if (typeof encoded === 'string') return { [option]: Buffer.from(encoded, 'base64') };
  const file = fields[field];
  return typeof file === 'string' ? { [option]: await readFile(resolve(directory, file)) } : {};
}
