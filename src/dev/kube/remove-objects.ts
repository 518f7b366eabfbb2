import type { ObjectStore } from './object-store.ts';
import { CRDS, kindsOfCrd, NAMESPACES, type ResourceKind } from './resource-kind.ts';
import type { StoredObject } from './stored-object.ts';

/** Holds a definition while objects of its kind are there. Source: apiextensions-apiserver, pkg/controller/finalizer. */
const CRD_FINALIZER = 'customresourcecleanup.apiextensions.k8s.io';

/** How objects go: at once, with their last finalizer, or with the namespace or the definition that they depend on. */
export class ObjectRemover {
  readonly #store: ObjectStore;
  readonly #kinds: () => readonly ResourceKind[];
  readonly #now: () => string;

  constructor(options: {
    readonly store: ObjectStore;
    readonly kinds: () => readonly ResourceKind[];
    readonly now: () => string;
  }) {
    this.#store = options.store;
    this.#kinds = options.kinds;
    this.#now = options.now;
  }

  /** Removes `object`, or marks it as being deleted while something holds it. */
  remove(kind: ResourceKind, object: StoredObject): void {
    if (kind.storage === NAMESPACES.storage) return this.#removeNamespace(object);
    if (kind.storage === CRDS.storage) return this.#removeDefinition(object);
    if ((object.metadata.finalizers ?? []).length === 0) {
      this.#store.remove(kind, object);
      this.#endDefinition(kind);
      return;
    }
    if (object.metadata.deletionTimestamp !== undefined) return;
    const generation = object.metadata.generation === undefined ? {} : { generation: object.metadata.generation + 1 };
    const metadata = {
      ...object.metadata,
      ...generation,
      deletionTimestamp: this.#now(),
      deletionGracePeriodSeconds: 0,
    };
    this.#store.put(kind, { ...object, metadata });
  }

  /** Everything in it goes; the namespace itself goes once the last finalizer in it is off. */
  #removeNamespace(namespace: StoredObject): void {
    const { name } = namespace.metadata;
    const marked = this.#store.put(NAMESPACES, {
      ...namespace,
      metadata: { ...namespace.metadata, deletionTimestamp: this.#now() },
      status: { phase: 'Terminating' },
    });
    for (const { kind, object } of this.#store.inNamespace(name, this.#kinds())) this.remove(kind, object);
    this.#endNamespace(marked);
  }

  #endNamespace(namespace: StoredObject | undefined): void {
    if (namespace?.metadata.deletionTimestamp === undefined) return;
    if (this.#store.inNamespace(namespace.metadata.name, this.#kinds()).length === 0)
      this.#store.remove(NAMESPACES, namespace);
  }

  /** All objects of the kind go first; the definition itself goes once the last of them is gone. */
  #removeDefinition(definition: StoredObject): void {
    const [kind] = kindsOfCrd(definition);
    const metadata = { ...definition.metadata, finalizers: [CRD_FINALIZER], deletionTimestamp: this.#now() };
    this.#store.put(CRDS, { ...definition, metadata });
    if (kind === undefined) return;
    for (const object of this.#store.list(kind)) this.remove(kind, object);
    this.#endDefinition(kind);
  }

  #endDefinition(kind: ResourceKind): void {
    const definition = this.#store.get(CRDS, undefined, kind.storage);
    if (definition?.metadata.deletionTimestamp === undefined || this.#store.list(kind).length > 0) return;
    this.#store.remove(CRDS, definition);
  }

  /** An object that is being deleted ends with its last finalizer. */
  storeOrEnd(kind: ResourceKind, object: StoredObject): StoredObject {
    const { deletionTimestamp, finalizers = [], namespace } = object.metadata;
    if (deletionTimestamp === undefined || finalizers.length > 0) return this.#store.put(kind, object);
    const removed = this.#store.remove(kind, object);
    this.#endDefinition(kind);
    if (namespace !== undefined) this.#endNamespace(this.#store.get(NAMESPACES, undefined, namespace));
    return removed;
  }
}
