import type { KubeConnection } from './kube-connection.ts';

/**
 * Host of the API server with the port that its address names, be it the scheme's own: what client-go's metrics have
 * for `host`. `URL` would leave out a port of 443.
 */
export function serverHost({ server }: Pick<KubeConnection, 'server'>): string {
  return /^\w+:\/\/([^/]+)/.exec(server)?.[1] ?? server;
}
