import { flowYaml } from './flow-yaml.ts';
import type { StructuralSchema } from './structural-schema.ts';

/**
 * `schema` for readers who see the descriptions and nothing else, as with `kubectl explain`: each description ends in
 * the default and the example of its field, ready to be copied. Both stay as data too, for tools that show them.
 */
export function explainedSchema(schema: StructuralSchema, name?: string): StructuralSchema {
  const { properties, items, additionalProperties } = schema;
  return {
    ...schema,
    ...(schema.description === undefined ? {} : { description: explained(schema, name) }),
    ...(properties === undefined ? {} : { properties: explainedFields(properties) }),
    ...(items === undefined ? {} : { items: explainedSchema(items) }),
    ...(additionalProperties === undefined ? {} : { additionalProperties: explainedSchema(additionalProperties) }),
  };
}

function explainedFields(
  properties: Readonly<Record<string, StructuralSchema>>,
): Readonly<Record<string, StructuralSchema>> {
  return Object.fromEntries(Object.entries(properties).map(([name, field]) => [name, explainedSchema(field, name)]));
}

/** A line of its own each: kubectl keeps the breaks and wraps the rest at 80 columns. */
function explained({ description = '', default: value, example }: StructuralSchema, name?: string): string {
  return [
    description,
    ...(hasContent(value) ? [`Default: ${flowYaml(value)}`] : []),
    ...(example === undefined ? [] : [`Example: ${name === undefined ? '' : `${name}: `}${flowYaml(example)}`]),
  ].join('\n');
}

/** An empty mapping as a default only makes way for the defaults of its fields. */
function hasContent(value: unknown): boolean {
  return value !== undefined && !(typeof value === 'object' && value !== null && Object.keys(value).length === 0);
}
