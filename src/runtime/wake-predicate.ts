import type { WatchedObject } from './watched-object.ts';

/**
 * Whether an update of the primary object asks for a pass: its spec changed (generation), it is being deleted, or
 * `annotationOf` returns something else for it than before. A change of status, finalizers, labels, other annotations or
 * managed fields alone does not: most of those are the controller's own writes, and a finalizer that somebody else took
 * off is put back by the next resync.
 */
export function isWakingUpdate<T extends WatchedObject>(
  old: T,
  object: T,
  annotationOf: (annotations: Readonly<Record<string, string>>) => string | undefined = () => undefined,
): boolean {
  const before = old.metadata;
  const after = object.metadata;
  return (
    before.generation !== after.generation ||
    before.deletionTimestamp !== after.deletionTimestamp ||
    annotationOf(before.annotations ?? {}) !== annotationOf(after.annotations ?? {})
  );
}
