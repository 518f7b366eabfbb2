import { readFile } from 'node:fs/promises';
import { isIPv6 } from 'node:net';
import { join } from 'node:path';
import { Agent } from 'undici';
import { type Clock, systemClock } from '../base/clock.ts';
import type { KubeConnection } from './kube-connection.ts';

/** Where Kubernetes mounts the service account of a pod. Source: https://kubernetes.io/docs/tasks/run-application/access-api-from-pod/ */
const SERVICE_ACCOUNT_DIRECTORY = '/var/run/secrets/kubernetes.io/serviceaccount';
/** Tokens are replaced on disk long before they end. Source: client-go, transport/token_source.go. */
const TOKEN_AGE_MS = 60_000;

/**
 * The connection of the pod's service account, without client-node, which takes 0.3 s and 50 MB. The token is read
 * again after a minute; while it cannot be read, the last one counts. The CA is read once.
 * @throws Error when host, port, token or CA are not there
 */
export async function loadInCluster(
  env: Readonly<Record<string, string | undefined>>,
  { directory = SERVICE_ACCOUNT_DIRECTORY, clock = systemClock }: { directory?: string; clock?: Clock } = {},
): Promise<KubeConnection> {
  const { KUBERNETES_SERVICE_HOST: host = '', KUBERNETES_SERVICE_PORT: port = '' } = env;
  if (host === '' || port === '') throw new Error('KUBERNETES_SERVICE_HOST or KUBERNETES_SERVICE_PORT is not set');
  const token = tokenSource(join(directory, 'token'), clock);
  await token();
  const ca = await readFile(join(directory, 'ca.crt'));
  const namespace = await readFile(join(directory, 'namespace'), 'utf8').catch(() => 'default');
  const dispatcher = new Agent({ connect: { ca, keepAlive: true, keepAliveInitialDelay: 30_000 } });
  return {
    server: `https://${isIPv6(host) ? `[${host}]` : host}:${port}`,
    namespace: namespace.trim(),
    dispatcher,
    async authorize(headers) {
      headers.authorization = `Bearer ${await token()}`;
    },
    close: () => dispatcher.close(),
  };
}

function tokenSource(path: string, clock: Clock): () => Promise<string> {
  let token: string | undefined;
  let readAtMs = Number.NEGATIVE_INFINITY;
  return async () => {
    if (token !== undefined && clock.monotonicMs() - readAtMs < TOKEN_AGE_MS) return token;
    try {
      token = (await readFile(path, 'utf8')).trim();
    } catch (error) {
      if (token === undefined) throw error;
    }
    readAtMs = clock.monotonicMs();
    return token;
  };
}
