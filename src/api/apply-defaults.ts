import { appAccessStructure } from './app-access-structure.ts';
import { isRecord } from './is-record.ts';
import type { StructuralSchema } from './structural-schema.ts';

/**
 * A copy of `object` with the defaults of the CRD filled in, as the API server does: where a field with a default is
 * absent or null, and then below what was filled in. Parts without defaults are shared with `object`, not copied.
 * Source: https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#defaulting
 */
export function applyDefaults(object: unknown): unknown {
  return withDefaults(appAccessStructure, object);
}

function withDefaults(schema: StructuralSchema, value: unknown): unknown {
  if (Array.isArray(value)) {
    const { items } = schema;
    return items === undefined ? value : value.map((item) => withDefaults(items, item));
  }
  if (!isRecord(value) || schema.properties === undefined) return value;
  const filled: Record<string, unknown> = { ...value };
  for (const [name, field] of Object.entries(schema.properties)) {
    const given = Object.hasOwn(value, name) ? value[name] : undefined;
    const item = (given === undefined || given === null) && field.default !== undefined ? field.default : given;
    if (item !== undefined) filled[name] = withDefaults(field, item);
  }
  return filled;
}
