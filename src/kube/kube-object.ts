/** The parts of a Kubernetes object that this folder looks at. */
export interface KubeObject {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly uid?: string;
    readonly resourceVersion?: string;
  };
}

/** How far a watch has got; annotated `k8s.io/initial-events-end: "true"` where a streaming list is complete. */
export interface BookmarkMetadata {
  readonly resourceVersion: string;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** One page of a list. `resourceVersion` is that of the whole list; `continueToken` is absent on the last page. */
export interface KubeListPage<T> {
  readonly items: readonly T[];
  readonly resourceVersion: string;
  readonly continueToken?: string;
}

/** One line of a watch, as Kubernetes writes it. */
export type KubeWatchEvent<T> =
  | { readonly type: 'ADDED' | 'MODIFIED' | 'DELETED'; readonly object: T }
  | { readonly type: 'BOOKMARK'; readonly object: { readonly metadata: BookmarkMetadata } }
  | {
      readonly type: 'ERROR';
      readonly object: { readonly code?: number; readonly reason?: string; readonly message?: string };
    };

type Json = Readonly<Record<string, unknown>>;

/**
 * `value` as an object of the kind that was asked for. That it is one, and not only something with a name, is the API
 * server's word: it validates against the kind's schema before it stores anything.
 * @throws TypeError when there is no `metadata.name`
 */
export function toKubeObject<T extends KubeObject>(value: unknown): T {
  if (!isJson(value) || !isJson(value.metadata) || typeof value.metadata.name !== 'string') {
    throw new TypeError('the API server answered with something that is no object: metadata.name is missing');
  }
  return value as unknown as T;
}

/** @throws TypeError when it is no list, or one that names no version */
export function toListPage<T extends KubeObject>(value: unknown): KubeListPage<T> {
  if (!isJson(value) || !isJson(value.metadata)) {
    throw new TypeError('the API server answered with something that is no list: metadata is missing');
  }
  const { apiVersion, kind, items } = value;
  const { resourceVersion, continue: token } = value.metadata;
  if (typeof resourceVersion !== 'string' || resourceVersion === '') {
    throw new TypeError('the API server answered with a list without resourceVersion: no watch can go on from it');
  }
  const listKind = typeof kind === 'string' ? kind.replace(/List$/, '') : undefined;
  return {
    // Items of built-in kinds come without apiVersion and kind; a watch sends both, so they are added here.
    items: (Array.isArray(items) ? items : []).map((item: unknown) =>
      toKubeObject<T>(withoutManagedFields(isJson(item) ? { apiVersion, kind: listKind, ...item } : item)),
    ),
    resourceVersion,
    ...(typeof token === 'string' && token !== '' ? { continueToken: token } : {}),
  };
}

/** @throws TypeError when it is no watch event */
export function toWatchEvent<T extends KubeObject>(value: unknown): KubeWatchEvent<T> {
  if (!isJson(value) || !isJson(value.object)) throw new TypeError('the API server sent a watch event without object');
  const { type, object } = value;
  switch (type) {
    case 'ADDED':
    case 'MODIFIED':
    case 'DELETED':
      return { type, object: toKubeObject<T>(withoutManagedFields(object)) };
    case 'BOOKMARK':
      return { type, object: { metadata: toBookmarkMetadata(object.metadata) } };
    case 'ERROR':
      return { type, object };
    default:
      throw new TypeError(`the API server sent a watch event of unknown type ${String(type)}`);
  }
}

function toBookmarkMetadata(value: unknown): BookmarkMetadata {
  const { resourceVersion, annotations } = isJson(value) ? value : {};
  if (typeof resourceVersion !== 'string')
    throw new TypeError('the API server sent a bookmark without resourceVersion');
  if (!isJson(annotations)) return { resourceVersion };
  // Annotations are strings to strings in every API server's schema.
  return { resourceVersion, annotations: annotations as Readonly<Record<string, string>> };
}

/** Managed fields are often larger than the object, and nothing here reads them. Changes `value`, which nobody else has. */
function withoutManagedFields(value: unknown): unknown {
  if (isJson(value) && isJson(value.metadata)) Reflect.deleteProperty(value.metadata, 'managedFields');
  return value;
}

/** Whether `value` is a JSON object, arrays not counted. */
export function isJson(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
