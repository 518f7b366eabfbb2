import { asJson, isJson, type Json } from './json.ts';

/** `value` with the defaults of `schema`, as the API server fills them in. */
export function withDefaults(schema: Json, value: unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => withDefaults(asJson(schema.items), item));
  if (!isJson(value)) return value;
  const filled: Json = { ...value };
  for (const [name, field] of Object.entries(asJson(schema.properties))) {
    const given = value[name] ?? undefined;
    const item = given === undefined ? asJson(field).default : given;
    if (item !== undefined) filled[name] = withDefaults(asJson(field), structuredClone(item));
  }
  return filled;
}

/** `value` without what `schema` does not know; `unknown` collects the paths of what was left out. */
export function pruned(schema: Json, value: unknown, path: string, unknown: string[]): unknown {
  if (Array.isArray(value)) {
    return value.map((item, index) => pruned(asJson(schema.items), item, `${path}[${index}]`, unknown));
  }
  if (!isJson(value) || schema['x-kubernetes-preserve-unknown-fields'] === true) return value;
  const { additionalProperties } = schema;
  const properties = asJson(schema.properties);
  if (schema.properties === undefined && additionalProperties === undefined && schema.type !== 'object') return value;
  const kept: Json = {};
  for (const [name, item] of Object.entries(value)) {
    const at = path === '' ? name : `${path}.${name}`;
    if (isJson(additionalProperties)) kept[name] = pruned(additionalProperties, item, at, unknown);
    else if (Object.hasOwn(properties, name)) kept[name] = pruned(asJson(properties[name]), item, at, unknown);
    else unknown.push(at);
  }
  return kept;
}
