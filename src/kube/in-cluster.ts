import { readFile } from 'node:fs/promises';
import { isIPv6 } from 'node:net';
import { join } from 'node:path';
import { createDispatcher } from './create-dispatcher.ts';
import type { KubeConnection } from './kube-connection.ts';
import { nameOfProxy, proxyFor } from './proxy-for.ts';

/** Where the kubelet puts what a pod needs. Source: https://kubernetes.io/docs/tasks/run-application/access-api-from-pod/ */
export const SERVICE_ACCOUNT_FOLDER = '/var/run/secrets/kubernetes.io/serviceaccount';

/**
 * The connection of the pod we run in: address from the environment; CA, token and namespace from `folder`. The kubelet
 * replaces the token before it expires, so the file is read for each request; the CA is read once. A proxy that the
 * environment names is used, as by every client of Go.
 * @throws Error when an environment variable or a file is absent
 */
export async function loadInClusterConnection(
  env: Readonly<Record<string, string | undefined>>,
  folder: string,
): Promise<KubeConnection> {
  const { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port } = env;
  if (!host || !port) throw new Error('KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT are not both set');
  const read = async (name: string) => (await readFile(join(folder, name), 'utf8')).trim();
  const [ca, namespace] = await Promise.all([read('ca.crt'), read('namespace'), read('token')]);
  const server = `https://${isIPv6(host) ? `[${host}]` : host}:${port}`;
  const proxy = proxyFor(server, env);
  const dispatcher = createDispatcher({ ca }, proxy);
  return {
    server,
    namespace,
    proxy: proxy === undefined ? undefined : nameOfProxy(proxy),
    dispatcher,
    async authorize(headers) {
      headers.authorization = `Bearer ${await read('token')}`;
    },
    close: () => dispatcher.close(),
  };
}
