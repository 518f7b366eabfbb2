import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isJson } from './kube-object.ts';
import { textOf } from './kubeconfig-fields.ts';
import type { Fields, KubeconfigEntry } from './kubeconfig-file.ts';
import type { Authenticate } from './proof.ts';

type KubeConfig = import('@kubernetes/client-node').KubeConfig;

const API_VERSIONS = ['client.authentication.k8s.io/v1', 'client.authentication.k8s.io/v1beta1'];

const RUNNER = fileURLToPath(new URL('./plugin-runner.ts', import.meta.url));
/** One that hangs is ended, before the request that waits for it gives up, so that the next one can try again. */
const TIME_LIMIT_MS = 50_000;

export interface ExecPluginOptions {
  /** Of `user`: what to run. */
  readonly exec: Fields;
  readonly user: KubeconfigEntry;
  readonly cluster: KubeconfigEntry;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/**
 * Proves who we are by what a program prints, as client-node does: what it printed is used until it expires. The program has
 * no terminal, and is told of the cluster where `provideClusterInfo` asks for it.
 * Source: https://kubernetes.io/docs/reference/access-authn-authz/authentication/#client-go-credential-plugins
 * @throws Error when `exec` cannot be followed; the function that comes back rejects when the program fails, with the end of
 *   what it wrote to its standard error, and never with what it printed
 */
export async function execPlugin(options: ExecPluginOptions): Promise<Authenticate> {
  const { exec, user } = options;
  const command = textOf(exec.command);
  const apiVersion = textOf(exec.apiVersion) ?? '';
  const what = `user "${user.name}": exec`;
  if (command === undefined) throw new Error(`${what}: command is missing; name the program to run`);
  if (!API_VERSIONS.includes(apiVersion)) {
    throw new Error(`${what}: apiVersion "${apiVersion}" is not known; use ${API_VERSIONS.join(' or ')}`);
  }
  if (exec.interactiveMode === 'Always') {
    throw new Error(
      `${what}: interactiveMode Always needs a terminal, which is not given here; use Never or IfAvailable`,
    );
  }
  const program = command.includes('/') ? resolve(dirname(user.path), command) : command;
  const args = Array.isArray(exec.args) ? exec.args.map(String) : [];
  const config = await configFor({
    command: process.execPath,
    args: [RUNNER, `${TIME_LIMIT_MS}`, apiVersion, program, ...args],
    env: await environmentFor(apiVersion, what, options),
  });
  return async () => {
    const settings: Parameters<KubeConfig['applyToHTTPSOptions']>[0] = {};
    await config.applyToHTTPSOptions(settings);
    const { headers = {}, cert, key } = settings;
    const authorization = 'Authorization' in headers ? textOf(headers.Authorization) : undefined;
    return {
      ...(authorization === undefined ? {} : { authorization }),
      ...(typeof cert === 'string' && typeof key === 'string' ? { certificate: { cert, key } } : {}),
    };
  };
}

/** client-node knows of the plugin alone: all else that stands in a kubeconfig is followed elsewhere. */
async function configFor(exec: object): Promise<KubeConfig> {
  const { KubeConfig } = await import('@kubernetes/client-node');
  const config = new KubeConfig();
  config.loadFromClusterAndUser(
    { name: 'cluster', server: 'https://localhost', skipTLSVerify: false },
    { name: 'user', exec },
  );
  return config;
}

async function environmentFor(
  apiVersion: string,
  what: string,
  { exec, cluster, env }: ExecPluginOptions,
): Promise<readonly { readonly name: string; readonly value: string }[]> {
  const own: readonly unknown[] = Array.isArray(exec.env) ? exec.env : [];
  const described = exec.provideClusterInfo === true ? { cluster: await describeCluster(cluster) } : {};
  const info = { kind: 'ExecCredential', apiVersion, spec: { interactive: false, ...described } };
  return [
    ...Object.entries(env).map(([name, value = '']) => ({ name, value })),
    ...own.map((entry) => {
      const name = isJson(entry) ? textOf(entry.name) : undefined;
      if (!isJson(entry) || name === undefined) throw new Error(`${what}: env holds an entry without a name`);
      return { name, value: String(entry.value ?? '') };
    }),
    { name: 'KUBERNETES_EXEC_INFO', value: JSON.stringify(info) },
  ];
}

/** The plugin gets the CA itself, for it does not know where our files lie. */
async function describeCluster({ fields, path }: KubeconfigEntry): Promise<Fields> {
  const file = textOf(fields['certificate-authority']);
  const read = file === undefined ? undefined : await readFile(resolve(dirname(path), file), 'base64');
  const extensions: readonly unknown[] = Array.isArray(fields.extensions) ? fields.extensions : [];
  const own = extensions.find((item) => isJson(item) && item.name === 'client.authentication.k8s.io/exec');
  return {
    server: fields.server,
    'tls-server-name': fields['tls-server-name'],
    'insecure-skip-tls-verify': fields['insecure-skip-tls-verify'],
    'certificate-authority-data': textOf(fields['certificate-authority-data']) ?? read,
    'proxy-url': fields['proxy-url'],
    'disable-compression': fields['disable-compression'],
    config: isJson(own) ? own.extension : undefined,
  };
}
