import type { AppAccess } from '../api/app-access.ts';
import { TransientError } from '../base/errors.ts';
import { keyOf } from './key-of.ts';
import type { KubePort } from './ports.ts';

/** The object is gone, and the store will say so: there is nothing to do, and nothing went wrong. */
export class ObjectGoneError extends TransientError {
  constructor(appAccess: AppAccess) {
    super('Conflict', `AppAccess ${keyOf(appAccess)} is gone; nothing is written for it any more`);
  }
}

/**
 * Resolves when `appAccess` is what the API server holds too, by a direct read. The store may be behind: a watch that
 * hangs, a replica that just took over, a cache that restarted. What follows from an old spec, or from a deletion that has
 * since become another object's role, must not be written.
 * @throws ObjectGoneError when there is no such object any more
 * @throws TransientError `Conflict` when it changed; the next pass sees the change as soon as the store has it
 */
export async function requireCurrent(appAccess: AppAccess, kube: KubePort, signal: AbortSignal): Promise<void> {
  const answer = await kube.whetherCurrent(appAccess, signal);
  if (answer === 'Current') return;
  if (answer === 'Gone' || answer === 'Replaced') throw new ObjectGoneError(appAccess);
  throw changed(appAccess);
}

/**
 * Resolves when the API server holds no object of the name of `appAccess`, which vanished.
 * @throws ObjectGoneError when there is a namesake, which takes over what was made
 * @throws TransientError `Conflict` when it is there after all
 */
export async function requireVanished(appAccess: AppAccess, kube: KubePort, signal: AbortSignal): Promise<void> {
  const answer = await kube.whetherCurrent(appAccess, signal);
  if (answer === 'Gone') return;
  throw answer === 'Replaced' ? new ObjectGoneError(appAccess) : changed(appAccess);
}

function changed(appAccess: AppAccess): TransientError {
  return new TransientError(
    'Conflict',
    `AppAccess ${keyOf(appAccess)} has changed since it was last seen; nothing is written before that has come`,
  );
}
