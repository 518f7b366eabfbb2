import { Agent } from 'undici';
import type { KubeConnection } from '../../src/kube/kube-connection.ts';

/** A connection to `server` without TLS and without proof of identity, as the embedded server wants it. */
export function plainConnection(server: string): KubeConnection {
  const dispatcher = new Agent();
  return {
    server,
    namespace: 'default',
    dispatcher,
    async authorize() {},
    close: () => dispatcher.destroy(),
  };
}
