import type { ResourceKind } from './resource-kind.ts';
import type { StoredObject } from './stored-object.ts';

/** A change as a watch tells it. `old` is what stood there before. */
export interface StoreEvent {
  readonly version: number;
  readonly storage: string;
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly object: StoredObject;
  readonly old: StoredObject | undefined;
}

export type StoreListener = (event: StoreEvent) => void;

/** So many changes are remembered for watches that resume; those from before are told 410. */
const MAX_HISTORY = 10_000;

/**
 * All objects, with one version counter over all of them and a bounded history of changes. Listeners are told of each
 * change in the order of versions, after the store has it.
 */
export class ObjectStore {
  readonly #objects = new Map<string, Map<string, StoredObject>>();
  readonly #listeners = new Set<StoreListener>();
  #history: StoreEvent[] = [];
  #version = 1;
  /** Changes up to here are forgotten. */
  #forgotten = 0;

  get version(): number {
    return this.#version;
  }

  get(
    { storage }: Pick<ResourceKind, 'storage'>,
    namespace: string | undefined,
    name: string,
  ): StoredObject | undefined {
    return this.#objects.get(storage)?.get(keyOf(namespace, name));
  }

  /** Sorted by namespace and name. */
  list({ storage }: Pick<ResourceKind, 'storage'>, namespace?: string): readonly StoredObject[] {
    const all = [...(this.#objects.get(storage)?.entries() ?? [])].sort(([a], [b]) => (a < b ? -1 : 1));
    return all
      .map(([, object]) => object)
      .filter(({ metadata }) => namespace === undefined || metadata.namespace === namespace);
  }

  /** Every object of `kinds` in `namespace`, with its kind; for deleting the namespace. */
  inNamespace(
    namespace: string,
    kinds: readonly ResourceKind[],
  ): readonly { kind: ResourceKind; object: StoredObject }[] {
    const namespaced = kinds.filter((kind) => kind.namespaced);
    const byStorage = [...new Map(namespaced.map((kind) => [kind.storage, kind])).values()];
    return byStorage.flatMap((kind) => this.list(kind, namespace).map((object) => ({ kind, object })));
  }

  /** Stores `object` under a new version, which it returns in it. */
  put({ storage }: Pick<ResourceKind, 'storage'>, object: StoredObject): StoredObject {
    const { namespace, name } = object.metadata;
    const objects = this.#objects.get(storage) ?? new Map<string, StoredObject>();
    this.#objects.set(storage, objects);
    const old = objects.get(keyOf(namespace, name));
    const stored = this.#stamp(object);
    objects.set(keyOf(namespace, name), stored);
    this.#tell({
      version: this.#version,
      storage,
      type: old === undefined ? 'ADDED' : 'MODIFIED',
      object: stored,
      old,
    });
    return stored;
  }

  remove({ storage }: Pick<ResourceKind, 'storage'>, object: StoredObject): StoredObject {
    const { namespace, name } = object.metadata;
    this.#objects.get(storage)?.delete(keyOf(namespace, name));
    const stored = this.#stamp(object);
    this.#tell({ version: this.#version, storage, type: 'DELETED', object: stored, old: object });
    return stored;
  }

  /** Changes after `version`, or `undefined` when some of them are forgotten. */
  since(version: number): readonly StoreEvent[] | undefined {
    if (version < this.#forgotten) return undefined;
    return this.#history.filter((event) => event.version > version);
  }

  /** Forgets all changes so far. */
  forget(): void {
    this.#forgotten = this.#version;
    this.#history = [];
  }

  subscribe(listener: StoreListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #stamp(object: StoredObject): StoredObject {
    this.#version += 1;
    return { ...object, metadata: { ...object.metadata, resourceVersion: String(this.#version) } };
  }

  #tell(event: StoreEvent): void {
    this.#history.push(event);
    if (this.#history.length > MAX_HISTORY) this.#forgotten = this.#history.shift()?.version ?? this.#forgotten;
    for (const listener of this.#listeners) listener(event);
  }
}

function keyOf(namespace: string | undefined, name: string): string {
  return `${namespace ?? ''}/${name}`;
}
