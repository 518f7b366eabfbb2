import type { ObjectStore } from './object-store.ts';
import { BUILT_IN_KINDS, CRDS, kindsOfCrd, type ResourceKind } from './resource-kind.ts';

/** The kinds that are served now: those that are built in, and those of every CustomResourceDefinition in `store`. */
export function servedKinds(store: ObjectStore): () => readonly ResourceKind[] {
  let kinds: readonly ResourceKind[] | undefined;
  store.subscribe(({ storage }) => {
    if (storage === CRDS.storage) kinds = undefined;
  });
  return () => {
    kinds ??= [...BUILT_IN_KINDS, ...store.list(CRDS).flatMap(kindsOfCrd)];
    return kinds;
  };
}
