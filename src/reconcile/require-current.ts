import type { AppAccess } from '../api/app-access.ts';
import { TransientError } from '../base/errors.ts';
import type { KubePort } from './ports.ts';

/**
 * Resolves when `appAccess` is what the API server holds too, by a direct read. The store may be behind: a watch that
 * hangs, a replica that just took over, a cache that restarted. What follows from an old spec, or from a deletion that has
 * since become another object's role, must not be written.
 * @throws TransientError `Conflict` when it is not; the next pass sees the change as soon as the store has it
 */
export async function requireCurrent(appAccess: AppAccess, kube: KubePort, signal: AbortSignal): Promise<void> {
  if (await kube.isCurrent(appAccess, signal)) return;
  const { namespace, name } = appAccess.metadata;
  throw new TransientError(
    'Conflict',
    `AppAccess ${namespace}/${name} has changed or gone since it was last seen; nothing is written before that has come`,
  );
}
