/** What the runtime needs of an object; every Kubernetes object has this shape. */
export interface WatchedObject {
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string | undefined;
    /** Differs between two objects of one name, one deleted and the other made again. */
    readonly uid?: string | undefined;
    readonly resourceVersion?: string | undefined;
    /** Raised by the API server when the spec changes. */
    readonly generation?: number | undefined;
    readonly annotations?: Readonly<Record<string, string>> | undefined;
    readonly finalizers?: readonly string[] | undefined;
    readonly deletionTimestamp?: string | undefined;
  };
}

/** One page of a list. `resourceVersion` is that of the whole list and equal on all of its pages. */
export interface ListPage<T> {
  readonly items: readonly T[];
  readonly resourceVersion: string;
  /** Absent on the last page. */
  readonly continueToken?: string | undefined;
}

/** One line of a watch, as Kubernetes writes it. An `ERROR` ends the watch; its `code` 410 says the version is too old. */
export type WatchEvent<T> =
  | { readonly type: 'ADDED' | 'MODIFIED' | 'DELETED'; readonly object: T }
  | Bookmark
  | {
      readonly type: 'ERROR';
      readonly object: { readonly code?: number; readonly reason?: string; readonly message?: string };
    };

/** Tells how far the watch has got although nothing happened. */
export interface Bookmark {
  readonly type: 'BOOKMARK';
  readonly object: {
    readonly metadata: {
      readonly resourceVersion: string;
      readonly annotations?: Readonly<Record<string, string>> | undefined;
    };
  };
}

/** Whether `bookmark` completes a streaming list. Source: https://kubernetes.io/docs/reference/using-api/api-concepts/#streaming-lists */
export function completesList({ object }: Bookmark): boolean {
  return object.metadata.annotations?.['k8s.io/initial-events-end'] === 'true';
}

/** Whether both are the same object at the same version. Versions are opaque to clients: they are compared for equality only. */
export function isSameVersion({ metadata: a }: WatchedObject, { metadata: b }: WatchedObject): boolean {
  return a.uid === b.uid && a.resourceVersion !== undefined && a.resourceVersion === b.resourceVersion;
}

/** `namespace/name`, or the bare name of a cluster-scoped object: what the store and the work queue are keyed by. */
export function keyOf({ metadata }: WatchedObject): string {
  return metadata.namespace === undefined ? metadata.name : `${metadata.namespace}/${metadata.name}`;
}
