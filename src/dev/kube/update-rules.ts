import { asJson, asText, type Json } from './json.ts';
import type { ResourceKind } from './resource-kind.ts';
import { StatusError } from './status-error.ts';
import type { StoredObject } from './stored-object.ts';

/**
 * Throws the API server's 422 when `next` adds a finalizer to an object that is being deleted. Source:
 * ValidateObjectMetaAccessorUpdate in k8s.io/apimachinery/pkg/api/validation.
 */
export function refuseNewFinalizers(kind: ResourceKind, old: StoredObject, next: StoredObject): void {
  if (old.metadata.deletionTimestamp === undefined) return;
  const before = old.metadata.finalizers ?? [];
  const added = (next.metadata.finalizers ?? []).filter((finalizer) => !before.includes(finalizer));
  if (added.length === 0) return;
  const list = added.map((finalizer) => JSON.stringify(finalizer)).join(', ');
  const why = `no new finalizers can be added if the object is being deleted, found new finalizers []string{${list}}`;
  throw refusal(kind, next.metadata.name, 'FieldValueForbidden', `Forbidden: ${why}`, 'metadata.finalizers');
}

/**
 * Throws the API server's 422 when a custom resource is replaced without naming the version that it was read at; built-in
 * kinds may be replaced unconditionally. Source: ValidateObjectMetaUpdate in apiextensions-apiserver's customresource strategy.
 */
export function requireVersion(kind: ResourceKind, name: string, replacement: Json): void {
  const version = asText(asJson(replacement.metadata).resourceVersion) ?? '';
  if (kind.schema === undefined || version !== '') return;
  const why = 'Invalid value: 0x0: must be specified for an update';
  throw refusal(kind, name, 'FieldValueInvalid', why, 'metadata.resourceVersion');
}

function refusal({ kind, group }: ResourceKind, name: string, reason: string, message: string, field: string) {
  const what = group === '' ? kind : `${kind}.${group}`;
  const details = { name, ...(group === '' ? {} : { group }), kind, causes: [{ reason, message, field }] };
  return new StatusError(422, 'Invalid', `${what} "${name}" is invalid: ${field}: ${message}`, details);
}
