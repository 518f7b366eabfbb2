import type { StructuralSchema } from '../../src/api/structural-schema.ts';
import { readRule } from './read-rule.ts';
import { type JsonSchema, ruleSchema } from './rule-schema.ts';

/**
 * `schema` in draft 7 of JSON Schema, which editors understand: fields that are not known are refused, examples and
 * defaults are kept, and the CEL rules are said as far as JSON Schema can say them.
 */
export function toJsonSchema(schema: StructuralSchema): JsonSchema {
  const { example, format, 'x-kubernetes-list-type': listType } = schema;
  const { properties, additionalProperties, items, ...rest } = withoutKubernetes(schema);
  return {
    ...rest,
    ...(format === 'date-time' ? { format } : {}),
    ...(example === undefined ? {} : { examples: [example] }),
    ...(listType === 'set' ? { uniqueItems: true } : {}),
    ...(items === undefined ? {} : { items: toJsonSchema(items) }),
    ...(additionalProperties === undefined ? {} : { additionalProperties: toJsonSchema(additionalProperties) }),
    ...(properties === undefined ? {} : { properties: fieldSchemas(properties), additionalProperties: false }),
    ...rulesOf(schema),
  };
}

function withoutKubernetes(schema: StructuralSchema) {
  const {
    example: _example,
    format: _format,
    'x-kubernetes-list-type': _type,
    'x-kubernetes-list-map-keys': _keys,
    'x-kubernetes-validations': _rules,
    ...rest
  } = schema;
  return rest;
}

function fieldSchemas(properties: Readonly<Record<string, StructuralSchema>>): JsonSchema {
  return Object.fromEntries(Object.entries(properties).map(([name, field]) => [name, toJsonSchema(field)]));
}

function rulesOf(schema: StructuralSchema): JsonSchema {
  const schemas = (schema['x-kubernetes-validations'] ?? []).flatMap(({ rule, message }) => {
    const formula = readRule(rule);
    return formula === undefined ? [] : [ruleSchema(formula, message)];
  });
  return schemas.length === 0 ? {} : { allOf: schemas };
}
