import type { Dispatcher } from 'undici';
import type { KubeConnection, Refusal } from './kube-connection.ts';

/**
 * A connection whose credentials can be read again while it is used; `load` is told what made that necessary, at the start
 * nothing.
 *
 * Guarantees: `renew` reads once for all who ask at the same time, and not at all for one whose request was sent with
 * credentials that have been replaced since; when reading fails, what was there stays in use; requests under way on the
 * old connections end as they would have.
 */
export async function renewableConnection(
  load: (refusal?: Refusal) => Promise<KubeConnection>,
): Promise<KubeConnection & Required<Pick<KubeConnection, 'renew'>>> {
  let current = await load();
  let renewing: Promise<void> | undefined;
  const replace = async (refusal: Refusal) => {
    const old = current;
    current = await load(refusal);
    old.close().catch(() => undefined); // resolves when the last request on it has ended, which may be a watch
  };
  return {
    get server() {
      return current.server;
    },
    get namespace() {
      return current.namespace;
    },
    get proxy() {
      return current.proxy;
    },
    get dispatcher() {
      return current.dispatcher;
    },
    authorize: (headers) => current.authorize(headers),
    async renew(used: Dispatcher, refusal: Refusal) {
      if (used !== current.dispatcher) return;
      renewing ??= replace(refusal).finally(() => {
        renewing = undefined;
      });
      await renewing;
    },
    close: () => current.close(),
  };
}
