import { type Clock, sleep } from '../../base/clock.ts';
import type { Logger } from '../../base/logger.ts';
import { QuietLog } from '../../base/quiet-log.ts';
import type { KubeClient } from '../../kube/kube-client.ts';
import { type BackoffRange, backoffMs } from '../../runtime/backoff.ts';
import { kubeRemedy } from './kube-remedy.ts';
import { KUBE_SYSTEM } from './resource-paths.ts';

const CLUSTER_BACKOFF: BackoffRange = { baseMs: 1_000, capMs: 30_000 };

/** The uid of kube-system stands for the cluster; it is waited for when the API server cannot be reached yet. */
export async function readClusterUid(
  client: KubeClient,
  { clock, log }: { readonly clock: Clock; readonly log: Logger },
  signal: AbortSignal,
): Promise<string> {
  const quiet = new QuietLog(clock);
  for (let tries = 1; ; tries += 1) {
    try {
      const namespace = await client.get(KUBE_SYSTEM, signal);
      if (namespace?.metadata.uid !== undefined) return namespace.metadata.uid;
      if (quiet.isDue('')) log.warn('waiting for namespace kube-system');
    } catch (error) {
      signal.throwIfAborted();
      const text = error instanceof Error ? error.message : String(error);
      const remedy = kubeRemedy(error, KUBE_SYSTEM, 'get');
      const fields = { error, ...(remedy === undefined ? {} : { remedy }) };
      if (quiet.isDue(text)) log.warn('waiting for the Kubernetes API', fields);
    }
    await sleep(clock, backoffMs(tries, CLUSTER_BACKOFF, Math.random), signal);
  }
}
