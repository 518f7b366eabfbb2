import { flowYaml } from '../../src/api/flow-yaml.ts';
import type { StructuralSchema } from '../../src/api/structural-schema.ts';

/** The type of a field in words: `list of strings`, `map from string to list of strings`. */
export function typeWords(schema: StructuralSchema): string {
  if (schema.items !== undefined) return `list of ${typeWords(schema.items)}s`;
  if (schema.additionalProperties === undefined) return schema.type;
  return `map from string to ${typeWords(schema.additionalProperties)}`;
}

/** Type, bounds and default of a field on one line. */
export function factsLine(schema: StructuralSchema, isRequired: boolean): string {
  const choices = (schema.enum ?? schema.items?.enum)?.map((value) => `\`${value}\``).join(', ');
  return [
    typeWords(schema),
    isRequired ? 'required' : 'optional',
    ...(choices === undefined ? [] : [`of ${choices}`]),
    ...range(schema.minLength, schema.maxLength, 'character'),
    ...range(schema.minItems, schema.maxItems, 'item'),
    ...range(undefined, schema.maxProperties, 'key'),
    ...(schema['x-kubernetes-list-type'] === 'set' ? ['none of them twice'] : []),
    ...(schema.default === undefined || flowYaml(schema.default) === '{}'
      ? []
      : [`default \`${flowYaml(schema.default)}\``]),
  ].join(', ');
}

function range(min: number | undefined, max: number | undefined, what: string): string[] {
  if (max === undefined) return min === undefined ? [] : [`at least ${min} ${what}s`];
  return [min === undefined ? `at most ${max} ${what}s` : `${min} to ${max} ${what}s`];
}
