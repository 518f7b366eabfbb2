import type { Logger } from '../base/logger.ts';
import { isSameVersion, keyOf, type WatchedObject } from './watched-object.ts';

/** What happened to one key. A changed uid comes as `Deleted` followed by `Added`, never as `Updated`. */
export type StoreChange<T> =
  | { readonly kind: 'Added'; readonly key: string; readonly object: T }
  | { readonly kind: 'Updated'; readonly key: string; readonly old: T; readonly object: T }
  | { readonly kind: 'Deleted'; readonly key: string; readonly old: T };

export type StoreListener<T> = (change: StoreChange<T>) => void;

/** By name of an index, the values under which an object is found in it; none leaves it out. */
export type Indexes<T, Index extends string> = Readonly<Record<Index, (object: T) => readonly string[]>>;

/** The local copy as everyone but its reflector sees it. Objects are shared: never change one. */
export interface ReadonlyStore<T, Index extends string = never> {
  get(key: string): T | undefined;
  /** All objects, in no promised order. */
  list(): readonly T[];
  /** The objects whose values in `index` include `value`, in no promised order; costs no walk over the others. */
  listBy(index: Index, value: string): readonly T[];
  /** The values under which `index` finds something, in no promised order. */
  indexValues(index: Index): readonly string[];
  keys(): readonly string[];
  readonly size: number;
  /** Calls `listener` on each later change, after the store has it; the function returned ends that. */
  subscribe(listener: StoreListener<T>): () => void;
}

/**
 * Objects by key, filled by one reflector.
 *
 * Guarantees: what a listener is told of one uid is always `Added`, then any number of `Updated`, then at most one
 * `Deleted`, each with the state told before as `old`, and adds up to what the store holds; a listener that reads the
 * store while it is called sees the change it is told of (and, during `replace`, all changes of that replace); no reader
 * ever sees a half replaced store; indexes and objects never disagree; a listener that throws is logged and keeps nobody
 * else from being told, and an object for which an index throws is logged and left out of that index alone. An object of
 * the same uid and version as the one held is no change, and the one held stays, so that a list read again leaves no
 * second copy in memory.
 */
export class Store<T extends WatchedObject, Index extends string = never> implements ReadonlyStore<T, Index> {
  #objects = new Map<string, T>();
  readonly #indexes: readonly ValueIndex<T>[];
  readonly #listeners = new Set<StoreListener<T>>();
  readonly #log: Logger;

  constructor(log: Logger, indexes: Indexes<T, Index>) {
    this.#log = log;
    this.#indexes = Object.entries<(object: T) => readonly string[]>(indexes).map(
      ([name, valuesOf]) => new ValueIndex(name, (object) => this.#valuesIn(name, valuesOf, object)),
    );
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

  listBy(index: Index, value: string): readonly T[] {
    const keys = this.#indexes.find(({ name }) => name === index)?.keysOf(value) ?? [];
    return keys.flatMap((key) => this.#objects.get(key) ?? []);
  }

  indexValues(index: Index): readonly string[] {
    return this.#indexes.find(({ name }) => name === index)?.values() ?? [];
  }

  keys(): readonly string[] {
    return [...this.#objects.keys()];
  }

  subscribe(listener: StoreListener<T>): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** The object held in the place of `object` when that is the same one at the same version, else `object`. */
  heldOr(object: T): T {
    const held = this.#objects.get(keyOf(object));
    return held !== undefined && isSameVersion(held, object) ? held : object;
  }

  /** Puts `object` in the place of the one with its key. */
  set(object: T): void {
    const key = keyOf(object);
    const old = this.#objects.get(key);
    if (old !== undefined && isSameVersion(old, object)) return;
    this.#objects.set(key, object);
    for (const index of this.#indexes) index.move(key, old, object);
    this.#notify(changesBetween(key, old, object));
  }

  /** Takes out the object with `key`; `Deleted` is told with the state that was held, not with a later one. */
  delete(key: string): void {
    const old = this.#objects.get(key);
    this.#objects.delete(key);
    for (const index of this.#indexes) index.move(key, old, undefined);
    this.#notify(changesBetween(key, old, undefined));
  }

  /** Makes `objects` all there is, in one step, then tells of every difference, deletions first. */
  replace(objects: Iterable<T>): void {
    const before = this.#objects;
    const after = new Map<string, T>();
    for (const object of objects) after.set(keyOf(object), this.heldOr(object));
    this.#objects = after;
    for (const index of this.#indexes) index.rebuild(after);
    for (const [key, old] of before) if (!after.has(key)) this.#notify(changesBetween(key, old, undefined));
    for (const [key, object] of after) this.#notify(changesBetween(key, before.get(key), object));
  }

  /** One object that an index does not understand must not keep all others from being taken over. */
  #valuesIn(index: string, valuesOf: (object: T) => readonly string[], object: T): readonly string[] {
    try {
      return valuesOf(object);
    } catch (error) {
      this.#log.error('index failed, the object is not in it', { index, key: keyOf(object), error });
      return [];
    }
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

/** Keys of objects by one value of theirs. */
class ValueIndex<T> {
  readonly name: string;
  readonly #valuesOf: (object: T) => readonly string[];
  #keys = new Map<string, Set<string>>();

  constructor(name: string, valuesOf: (object: T) => readonly string[]) {
    this.name = name;
    this.#valuesOf = valuesOf;
  }

  keysOf(value: string): readonly string[] {
    return [...(this.#keys.get(value) ?? [])];
  }

  values(): readonly string[] {
    return [...this.#keys.keys()];
  }

  /** Puts `object` (absent: nothing) in the place of `old`. */
  move(key: string, old: T | undefined, object: T | undefined): void {
    for (const value of old === undefined ? [] : this.#valuesOf(old)) this.#remove(value, key);
    for (const value of object === undefined ? [] : this.#valuesOf(object)) this.#add(value, key);
  }

  rebuild(objects: ReadonlyMap<string, T>): void {
    this.#keys = new Map();
    for (const [key, object] of objects) this.move(key, undefined, object);
  }

  #add(value: string, key: string): void {
    const keys = this.#keys.get(value);
    if (keys === undefined) this.#keys.set(value, new Set([key]));
    else keys.add(key);
  }

  #remove(value: string, key: string): void {
    const keys = this.#keys.get(value);
    keys?.delete(key);
    if (keys?.size === 0) this.#keys.delete(value);
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
