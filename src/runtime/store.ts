import type { Logger } from '../base/logger.ts';
import { keyOf, type WatchedObject } from './watched-object.ts';

/** What happened to one key. A changed uid comes as `Deleted` followed by `Added`, never as `Updated`. */
export type StoreChange<T> =
  | { readonly kind: 'Added'; readonly key: string; readonly object: T }
  | { readonly kind: 'Updated'; readonly key: string; readonly old: T; readonly object: T }
  | { readonly kind: 'Deleted'; readonly key: string; readonly old: T };

export type StoreListener<T> = (change: StoreChange<T>) => void;

/** The local copy as everyone but its reflector sees it. Objects are shared: never change one. */
export interface ReadonlyStore<T> {
  get(key: string): T | undefined;
  /** All objects, in no promised order. */
  list(): readonly T[];
  keys(): readonly string[];
  readonly size: number;
  /** Calls `listener` on each later change, after the store has it; the function returned ends that. */
  subscribe(listener: StoreListener<T>): () => void;
}

/**
 * Objects by key, filled by one reflector.
 *
 * Guarantees: a listener that reads the store while it is called sees the change it is told of (and, during `replace`,
 * all changes of that replace); no reader ever sees a half replaced store; a listener that throws is logged and keeps
 * nobody else from being told.
 */
export class Store<T extends WatchedObject> implements ReadonlyStore<T> {
  #objects = new Map<string, T>();
  readonly #listeners = new Set<StoreListener<T>>();
  readonly #log: Logger;

  constructor(log: Logger) {
    this.#log = log;
  }

  get size(): number {
    return this.#objects.size;
  }

  get(key: string): T | undefined {
    return this.#objects.get(key);
  }

  list(): readonly T[] {
    return [...this.#objects.values()];
  }

  keys(): readonly string[] {
    return [...this.#objects.keys()];
  }

  subscribe(listener: StoreListener<T>): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Puts `object` in the place of the one with its key. The same resourceVersion again is no change. */
  set(object: T): void {
    const key = keyOf(object);
    const old = this.#objects.get(key);
    this.#objects.set(key, object);
    this.#notify(changesBetween(key, old, object));
  }

  delete(key: string): void {
    const old = this.#objects.get(key);
    this.#objects.delete(key);
    this.#notify(changesBetween(key, old, undefined));
  }

  /** Makes `objects` all there is, in one step, then tells of every difference, deletions first. */
  replace(objects: Iterable<T>): void {
    const before = this.#objects;
    const after = new Map<string, T>();
    for (const object of objects) after.set(keyOf(object), object);
    this.#objects = after;
    for (const [key, old] of before) if (!after.has(key)) this.#notify(changesBetween(key, old, undefined));
    for (const [key, object] of after) this.#notify(changesBetween(key, before.get(key), object));
  }

  #notify(changes: readonly StoreChange<T>[]): void {
    for (const change of changes) {
      for (const listener of this.#listeners) {
        try {
          listener(change);
        } catch (error) {
          this.#log.error('store listener failed', { key: change.key, change: change.kind, error });
        }
      }
    }
  }
}

function changesBetween<T extends WatchedObject>(
  key: string,
  old: T | undefined,
  object: T | undefined,
): StoreChange<T>[] {
  if (object === undefined) return old === undefined ? [] : [{ kind: 'Deleted', key, old }];
  if (old === undefined) return [{ kind: 'Added', key, object }];
  if (old.metadata.uid !== object.metadata.uid) {
    return [
      { kind: 'Deleted', key, old },
      { kind: 'Added', key, object },
    ];
  }
  return isSameVersion(old, object) ? [] : [{ kind: 'Updated', key, old, object }];
}

/** Versions are compared for equality only: they are opaque to clients. */
function isSameVersion(a: WatchedObject, b: WatchedObject): boolean {
  return a.metadata.resourceVersion !== undefined && a.metadata.resourceVersion === b.metadata.resourceVersion;
}
