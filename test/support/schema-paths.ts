import { isRecord } from '../../src/api/is-record.ts';

/**
 * Paths of all fields of `schema` that have no fields below them, sorted; places in lists are left out, a list of plain
 * values or a map is one field, and so is an object without fields: `grants.s3.prefix`, `role.tags`, `subject.ec2`.
 */
export function leafPaths(schema: object): readonly string[] {
  return walk(schema, []).sort();
}

function walk(node: unknown, path: readonly string[]): string[] {
  const fields = Object.entries(fieldsOf(node) ?? {});
  if (fields.length === 0) return [path.join('.')];
  return fields.flatMap(([name, field]) => walk(field, [...path, name]));
}

/** Of an object, or of the objects in a list. */
function fieldsOf(node: unknown): Readonly<Record<string, unknown>> | undefined {
  if (!isRecord(node)) return undefined;
  if (isRecord(node.properties)) return node.properties;
  return node.items === undefined ? undefined : fieldsOf(node.items);
}
