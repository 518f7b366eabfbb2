import type { Problem } from '../base/problem.ts';
import { celProblems } from './cel-problems.ts';
import { fieldPath, itemPath } from './field-path.ts';
import { isRecord } from './is-record.ts';
import { scalarProblems } from './scalar-problems.ts';
import type { StructuralSchema } from './structural-schema.ts';
import { unknownFieldProblem } from './unknown-field.ts';

/**
 * Everything in `value` that `schema` refuses, in the order of the document; empty when it is valid. Unknown fields are
 * problems. A CEL rule is asked only where the shape at and below its node is right, so that it need not guard itself
 * and no mistake is reported twice; a transition rule only where `oldValue` has something at the same place.
 */
export function validateBySchema(
  schema: StructuralSchema,
  value: unknown,
  path = '',
  oldValue?: unknown,
): readonly Problem[] {
  const { shape, rules } = walk(schema, value, path, oldValue);
  return [...shape, ...rules];
}

interface Found {
  /** What the schema itself refuses. */
  readonly shape: Problem[];
  /** What its CEL rules refuse. */
  readonly rules: Problem[];
}

function walk(schema: StructuralSchema, value: unknown, path: string, oldValue: unknown): Found {
  const mistyped = typeProblem(schema, value, path);
  if (mistyped !== undefined) return { shape: [mistyped], rules: [] };
  const below = Array.isArray(value)
    ? walkItems(schema, value, path)
    : isRecord(value)
      ? walkFields(schema, value, path, oldValue)
      : { shape: scalarProblems(schema, value, path), rules: [] };
  if (below.shape.length > 0) return below;
  return { shape: [], rules: [...below.rules, ...celProblems(schema, value, oldValue, path)] };
}

function typeProblem(schema: StructuralSchema, value: unknown, path: string): Problem | undefined {
  const found = typeOf(value);
  if (found === schema.type) return undefined;
  if (value === null || value === undefined) {
    return { path, problem: `must be ${TYPE_WORDS[schema.type]} and is empty; give a value or leave the field out` };
  }
  const quote = schema.type === 'string' && !['object', 'array'].includes(found) ? '; put it in quotes' : '';
  return { path, problem: `must be ${TYPE_WORDS[schema.type]}, not ${TYPE_WORDS[found]}${quote}` };
}

const TYPE_WORDS = {
  object: 'a mapping',
  array: 'a list',
  string: 'a string',
  integer: 'a whole number',
  number: 'a number',
  boolean: 'true or false',
  null: 'null',
} as const;

function typeOf(value: unknown): keyof typeof TYPE_WORDS {
  if (value === null || value === undefined) return 'null';
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'number') return Number.isSafeInteger(value) ? 'integer' : 'number';
  if (typeof value === 'string') return 'string';
  return typeof value === 'boolean' ? 'boolean' : 'object';
}

/** Items of a list have no old value: none of our lists lets the API server tell which old item is which. */
function walkItems(schema: StructuralSchema, items: readonly unknown[], path: string): Found {
  const shape = [...countProblems('item', items.length, schema.minItems, schema.maxItems, path)];
  const rules: Problem[] = [];
  for (const [index, item] of items.entries()) {
    if (schema.items !== undefined) {
      const found = walk(schema.items, item, itemPath(path, index), undefined);
      shape.push(...found.shape);
      rules.push(...found.rules);
    }
    if (schema['x-kubernetes-list-type'] === 'set' && items.indexOf(item) !== index) {
      shape.push({ path: itemPath(path, index), problem: `repeats ${JSON.stringify(item)}; leave one of them out` });
    }
  }
  return { shape, rules };
}

function walkFields(schema: StructuralSchema, fields: Record<string, unknown>, path: string, oldValue: unknown): Found {
  const shape = [
    ...missingProblems(schema, fields, path),
    ...countProblems('key', Object.keys(fields).length, undefined, schema.maxProperties, path),
  ];
  const rules: Problem[] = [];
  for (const [name, value] of Object.entries(fields)) {
    const field = fieldSchema(schema, name);
    if (field === 'Opaque') continue;
    if (field === 'Unknown') {
      shape.push(unknownFieldProblem(schema, name, path));
      continue;
    }
    const found = walk(field, value, fieldPath(path, name), isRecord(oldValue) ? oldValue[name] : undefined);
    shape.push(...found.shape);
    rules.push(...found.rules);
  }
  return { shape, rules };
}

function fieldSchema(schema: StructuralSchema, name: string): StructuralSchema | 'Opaque' | 'Unknown' {
  if (schema.additionalProperties !== undefined) return schema.additionalProperties;
  if (schema.properties === undefined) return 'Opaque';
  const field = Object.hasOwn(schema.properties, name) ? schema.properties[name] : undefined;
  return field ?? 'Unknown';
}

function missingProblems(schema: StructuralSchema, fields: Record<string, unknown>, path: string): Problem[] {
  return (schema.required ?? [])
    .filter((name) => !Object.hasOwn(fields, name))
    .map((name) => {
      const description = schema.properties?.[name]?.description;
      const meaning = description === undefined ? '' : `: ${firstSentence(description)}`;
      return { path: fieldPath(path, name), problem: `is required${meaning}` };
    });
}

function countProblems(what: string, count: number, min = 0, max = Infinity, path: string): Problem[] {
  if (count < min) return [{ path, problem: `must have at least ${min} ${what}${min === 1 ? '' : 's'}, has ${count}` }];
  if (count > max) return [{ path, problem: `must have at most ${max} ${what}s, has ${count}` }];
  return [];
}

function firstSentence(text: string): string {
  const end = text.indexOf('. ');
  return (end === -1 ? text : text.slice(0, end)).replace(/\.$/, '');
}
