import { asJson, type Json } from './json.ts';
import {
  type FieldPath,
  fieldsOf,
  includesPath,
  isSameOwner,
  type OwnedFields,
  readManagedFields,
  valueAt,
  withValue,
  writeManagedFields,
} from './managed-fields.ts';
import type { ResourceKind } from './resource-kind.ts';
import { withDefaults } from './schema-walk.ts';
import { StatusError } from './status-error.ts';
import { type StoredObject, sameJson } from './stored-object.ts';

/** One server-side apply. */
export interface ApplyRequest {
  readonly kind: ResourceKind;
  readonly applied: Json;
  readonly manager: string;
  readonly force: boolean;
  readonly subresource: string | undefined;
  /** RFC 3339. */
  readonly time: string;
}

/**
 * `existing` (or nothing) after the apply: the applied fields are set and owned by the manager; what it applied before and
 * leaves out now goes, unless somebody else owns it too. Throws the API server's 409 when another manager owns one of the
 * fields with another value and `force` is not given.
 */
export function serverSideApply(existing: StoredObject | undefined, request: ApplyRequest): Json {
  const { applied, manager, subresource, time, kind } = request;
  const owner = { manager, operation: 'Apply', ...(subresource === undefined ? {} : { subresource }) } as const;
  const owned = readManagedFields(existing);
  const paths = fieldsOf(applied, subresource);
  const others = owned.filter((entry) => !isSameOwner(entry, owner));
  const conflicts = findConflicts(existing, request, paths, others);
  if (conflicts.length > 0 && !request.force) throw conflictError(kind, applied, conflicts);

  const before = owned.find((entry) => isSameOwner(entry, owner))?.paths ?? [];
  const dropped = before.filter((path) => !includesPath(paths, path));
  const orphaned = dropped.filter((path) => !others.some((entry) => includesPath(entry.paths, path)));
  const base: Json = existing ?? { apiVersion: applied.apiVersion, kind: applied.kind, metadata: identityOf(applied) };
  const removed = orphaned.reduce<Json>((object, path) => withValue(object, path, undefined), base);
  const result = paths.reduce<Json>((object, path) => withValue(object, path, valueAt(applied, path)), removed);
  const left = others.map((entry) => ({
    ...entry,
    paths: entry.paths.filter((path) => !conflicts.some((found) => includesPath([found.path], path))),
  }));
  const managedFields = writeManagedFields(String(applied.apiVersion), [...left, { ...owner, time, paths }]);
  return { ...result, metadata: { ...asJson(result.metadata), managedFields } };
}

interface Conflict {
  readonly path: FieldPath;
  readonly manager: string;
}

function findConflicts(
  existing: StoredObject | undefined,
  { applied, kind }: ApplyRequest,
  paths: readonly FieldPath[],
  others: readonly OwnedFields[],
): readonly Conflict[] {
  if (existing === undefined) return [];
  // What is stored has its defaults; an apply that leaves them out says the same.
  const filled = kind.schema === undefined ? applied : asJson(withDefaults(kind.schema, applied));
  return paths
    .filter((path) => !sameJson(valueAt(existing, path), valueAt(filled, path)))
    .flatMap((path) =>
      others.filter((entry) => includesPath(entry.paths, path)).map(({ manager }) => ({ path, manager })),
    );
}

function conflictError({ plural, group }: ResourceKind, applied: Json, conflicts: readonly Conflict[]): StatusError {
  const causes = conflicts.map(({ path, manager }) => ({
    reason: 'FieldManagerConflict',
    message: `conflict with "${manager}"`,
    field: `.${path.join('.')}`,
  }));
  const texts = causes.map(({ message, field }) => `${message}: ${field}`);
  const count = `${conflicts.length} conflict${conflicts.length === 1 ? '' : 's'}`;
  const details = { name: asJson(applied.metadata).name, group, kind: plural, causes };
  return new StatusError(409, 'Conflict', `Apply failed with ${count}: ${texts.join(', ')}`, details);
}

function identityOf(applied: Json): Json {
  const { name, namespace } = asJson(applied.metadata);
  return { name, ...(namespace === undefined ? {} : { namespace }) };
}
