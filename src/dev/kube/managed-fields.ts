import { asJson, isJson, type Json } from './json.ts';
import { type StoredObject, sameJson } from './stored-object.ts';

/** Place of a field that is owned as a whole: `['metadata', 'annotations', 'x']`, `['spec', 'grants']`. */
export type FieldPath = readonly string[];

export interface FieldOwner {
  readonly manager: string;
  readonly operation: 'Apply' | 'Update';
  readonly subresource?: string;
}

const NOT_OWNED = new Set(['apiVersion', 'kind', 'metadata', 'status']);

/**
 * The fields of `object` that somebody can own: each annotation and label, the finalizers, and each field below `spec` or,
 * where there is no spec, at the top. Coarser than the real server, which goes down to the leaves.
 */
export function fieldsOf(object: Json, subresource?: string): readonly FieldPath[] {
  if (subresource === 'status') return Object.keys(asJson(object.status)).map((key) => ['status', key]);
  const metadata = asJson(object.metadata);
  return [
    ...['annotations', 'labels'].flatMap((field) =>
      Object.keys(asJson(metadata[field])).map((key) => ['metadata', field, key]),
    ),
    ...(metadata.finalizers === undefined ? [] : [['metadata', 'finalizers']]),
    ...Object.keys(asJson(object.spec)).map((key) => ['spec', key]),
    ...Object.keys(object)
      .filter((key) => !NOT_OWNED.has(key) && key !== 'spec')
      .map((key) => [key]),
  ];
}

export function valueAt(object: unknown, path: FieldPath): unknown {
  return path.reduce<unknown>((value, key) => asJson(value)[key], object);
}

/** A copy of `object` with `value` at `path`; `undefined` removes the field, and maps that become empty with it. */
export function withValue(object: Json, path: FieldPath, value: unknown): Json {
  const [key, ...rest] = path;
  if (key === undefined) return object;
  const { [key]: old, ...others } = object;
  const item = rest.length === 0 ? value : withValue(asJson(old), rest, value);
  const isEmpty =
    item === undefined || (rest.length > 0 && key !== 'spec' && isJson(item) && Object.keys(item).length === 0);
  return isEmpty ? others : { ...others, [key]: item };
}

/** Entries of `metadata.managedFields`, decoded. */
export interface OwnedFields extends FieldOwner {
  readonly paths: readonly FieldPath[];
  readonly time: string;
}

export function readManagedFields(object: StoredObject | undefined): readonly OwnedFields[] {
  return (object?.metadata.managedFields ?? []).map((entry) => ({
    manager: String(entry.manager),
    operation: entry.operation === 'Apply' ? 'Apply' : 'Update',
    time: String(entry.time),
    paths: decode(asJson(entry.fieldsV1)),
    ...(typeof entry.subresource === 'string' ? { subresource: entry.subresource } : {}),
  }));
}

export function writeManagedFields(apiVersion: string, owned: readonly OwnedFields[]): Json[] {
  return owned
    .filter(({ paths }) => paths.length > 0)
    .map(({ manager, operation, subresource, time, paths }) => ({
      manager,
      operation,
      apiVersion,
      time,
      fieldsType: 'FieldsV1',
      fieldsV1: encode(paths),
      ...(subresource === undefined ? {} : { subresource }),
    }));
}

/** `owned` after `owner` changed `object` from `old` by an update or a patch: what it changed is its own now. */
export function afterUpdate(
  owned: readonly OwnedFields[],
  owner: FieldOwner,
  change: { readonly old: Json; readonly object: Json; readonly time: string },
): readonly OwnedFields[] {
  const { old, object, time } = change;
  const now = fieldsOf(object, owner.subresource);
  const changed = now.filter((path) => !sameJson(valueAt(old, path), valueAt(object, path)));
  const still = (path: FieldPath) => valueAt(object, path) !== undefined;
  const others = owned.map((entry) => ({
    ...entry,
    paths: entry.paths.filter((path) => still(path) && (isSameOwner(entry, owner) || !includesPath(changed, path))),
  }));
  if (changed.length === 0) return others;
  const mine = others.find((entry) => isSameOwner(entry, owner));
  const paths = [...(mine?.paths ?? []), ...changed.filter((path) => !includesPath(mine?.paths ?? [], path))];
  return [...others.filter((entry) => entry !== mine), { ...owner, time, paths }];
}

export function isSameOwner(a: FieldOwner, b: FieldOwner): boolean {
  return a.manager === b.manager && a.operation === b.operation && a.subresource === b.subresource;
}

export function includesPath(paths: readonly FieldPath[], path: FieldPath): boolean {
  return paths.some((other) => other.length === path.length && other.every((key, index) => key === path[index]));
}

function encode(paths: readonly FieldPath[]): Json {
  return paths.reduce<Json>((fields, path) => encodeInto(fields, path), {});
}

function encodeInto(fields: Json, [key, ...rest]: FieldPath): Json {
  if (key === undefined) return fields;
  const name = `f:${key}`;
  return { ...fields, [name]: encodeInto(asJson(fields[name]), rest) };
}

function decode(fields: Json): readonly FieldPath[] {
  return Object.entries(fields).flatMap(([name, below]) => {
    const key = name.replace(/^f:/, '');
    const paths = decode(asJson(below));
    return paths.length === 0 ? [[key]] : paths.map((path) => [key, ...path]);
  });
}
