import { describe, expect, test } from 'vitest';
import { generateCrd } from '../../../scripts/generate-crd.ts';
import { appAccessStructure } from '../../../src/api/app-access-structure.ts';
import { celEnvironment } from '../../../src/api/cel-problems.ts';
import { fieldPath } from '../../../src/api/field-path.ts';
import type { StructuralSchema } from '../../../src/api/structural-schema.ts';
import { validateBySchema } from '../../../src/api/validate-by-schema.ts';

interface Node {
  readonly path: string;
  readonly schema: StructuralSchema;
  readonly inList: boolean;
  readonly isField: boolean;
}

/** Every node of the schema, the root first. */
function nodesOf(schema: StructuralSchema, path = '', inList = false, isField = false): Node[] {
  const below = Object.entries(schema.properties ?? {}).flatMap(([name, field]) =>
    nodesOf(field, fieldPath(path, name), inList, true),
  );
  const values =
    schema.additionalProperties === undefined ? [] : nodesOf(schema.additionalProperties, `${path}{}`, inList);
  const items = schema.items === undefined ? [] : nodesOf(schema.items, `${path}[]`, true);
  return [{ path, schema, inList, isField }, ...below, ...values, ...items];
}

const nodes = nodesOf(appAccessStructure);
const specNodes = nodes.filter(({ path }) => path.startsWith('spec'));

/** Paths of the nodes that `isBad` holds for. */
function offenders(among: readonly Node[], isBad: (node: Node) => boolean): string[] {
  return among.filter(isBad).map(({ path }) => path);
}

describe('the schema of AppAccess', () => {
  test('has no keys but those of a structural schema', () => {
    const known = new Set<string>([
      ...[
        'type',
        'description',
        'example',
        'format',
        'default',
        'enum',
        'minLength',
        'maxLength',
        'minimum',
        'maximum',
      ],
      ...['minItems', 'maxItems', 'maxProperties', 'required', 'properties', 'additionalProperties', 'items'],
      ...['x-kubernetes-list-type', 'x-kubernetes-list-map-keys', 'x-kubernetes-validations'],
    ]);
    expect(offenders(nodes, ({ schema }) => Object.keys(schema).some((key) => !known.has(key)))).toEqual([]);
  });

  test('describes every field but metadata', () => {
    expect(offenders(nodes, ({ schema, isField }) => isField && !schema.description)).toEqual(['metadata']);
  });

  test('describes every field in whole sentences', () => {
    expect(offenders(nodes, ({ schema }) => !/^([A-Z*].*[.])?$/.test(schema.description ?? ''))).toEqual([]);
  });

  test('has an example for every field of the spec', () => {
    expect(offenders(specNodes, ({ schema, isField }) => isField && schema.example === undefined)).toEqual([]);
  });

  test('has examples that are valid where they stand', () => {
    const problems = nodes.flatMap(({ schema, path }) =>
      schema.example === undefined ? [] : validateBySchema(schema, schema.example, path),
    );
    expect(problems).toEqual([]);
  });

  test('has no default inside a list', () => {
    expect(offenders(nodes, ({ schema, inList }) => inList && schema.default !== undefined)).toEqual([]);
  });

  test('bounds every string, list and map of the spec, so that the API server can bound the cost of the rules', () => {
    const unbounded = ({ schema }: Node) =>
      (schema.type === 'string' && schema.enum === undefined && schema.maxLength === undefined) ||
      (schema.type === 'array' && schema.maxItems === undefined) ||
      (schema.additionalProperties !== undefined && schema.maxProperties === undefined);
    expect(offenders(specNodes, unbounded)).toEqual([]);
  });

  test('says of every list of the spec whether it is a set or atomic, and has sets of strings only', () => {
    const unclear = ({ schema }: Node) =>
      schema.type === 'array' &&
      (schema['x-kubernetes-list-type'] === undefined ||
        (schema['x-kubernetes-list-type'] === 'set' && schema.items?.type !== 'string'));
    expect(offenders(specNodes, unclear)).toEqual([]);
  });

  test('has rules that parse, give true or false, and name the remedy in one line', () => {
    const environment = celEnvironment();
    const rules = nodes.flatMap(({ schema }) => schema['x-kubernetes-validations'] ?? []);
    const bad = rules.filter(({ rule, message }) => {
      const { valid, type } = environment.parse(rule).check();
      return !valid || type !== 'bool' || message.includes('\n') || message.endsWith('.');
    });
    expect(rules.length).toBeGreaterThan(30);
    expect(bad).toEqual([]);
  });
});

test('the CRD is smaller than 200 KiB', () => {
  expect(Buffer.byteLength(generateCrd())).toBeLessThan(200 * 1024);
});
