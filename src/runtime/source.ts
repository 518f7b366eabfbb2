import type { Reflector } from './reflector.ts';
import type { StoreChange } from './store.ts';
import type { WatchedObject } from './watched-object.ts';

/** Something that wakes keys of the primary kind; the kind of object behind it no longer shows. */
export interface Source {
  /** Resolves once `signal` has aborted; never rejects. */
  run(signal: AbortSignal): Promise<void>;
  hasSynced(): boolean;
  waitForSync(signal: AbortSignal): Promise<void>;
  /** Calls `wake` with each key that a change concerns; the function returned ends that. */
  subscribe(wake: (key: string) => void): () => void;
}

/** The changes of `reflector`'s store as keys: `keysOf` returns whom a change concerns, and may return nobody. */
export function sourceOf<T extends WatchedObject>(
  reflector: Reflector<T>,
  keysOf: (change: StoreChange<T>) => readonly string[],
): Source {
  return {
    run: (signal) => reflector.run(signal),
    hasSynced: () => reflector.hasSynced(),
    waitForSync: (signal) => reflector.waitForSync(signal),
    subscribe: (wake) =>
      reflector.store.subscribe((change) => {
        for (const key of keysOf(change)) wake(key);
      }),
  };
}
