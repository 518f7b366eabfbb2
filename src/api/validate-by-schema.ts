import type { Problem } from '../base/problem.ts';
import { celProblems } from './cel-problems.ts';
import { fieldPath, itemPath } from './field-path.ts';
import { isRecord } from './is-record.ts';
import { scalarProblems } from './scalar-problems.ts';
import type { StructuralSchema } from './structural-schema.ts';
import { unknownFieldProblem } from './unknown-field.ts';

/**
 * Everything in `value` that `schema` refuses, in an order of its own; empty when it is valid. Unknown fields are
 * problems. A CEL rule is asked only where the shape at and below its node is right, so that it need not guard itself
 * and no mistake is reported twice; a transition rule only where `oldValue` has something at the same place.
 */
export function validateBySchema(
  schema: StructuralSchema,
  value: unknown,
  path = '',
  oldValue?: unknown,
): readonly Problem[] {
  const found: Found = { shape: [], rules: [] };
  walk(schema, { value, path, oldValue }, found);
  return [...found.shape, ...found.rules];
}

/** What the walk adds to. */
interface Found {
  /** What the schema itself refuses. */
  readonly shape: Problem[];
  /** What its CEL rules refuse. */
  readonly rules: Problem[];
}

/** One place in the document. */
interface Site<Value = unknown> {
  readonly value: Value;
  readonly path: string;
  readonly oldValue: unknown;
}

function walk(schema: StructuralSchema, site: Site, found: Found): void {
  const { value, path, oldValue } = site;
  const mistyped = typeProblem(schema, value, path);
  if (mistyped !== undefined) {
    found.shape.push(mistyped);
    return;
  }
  const before = found.shape.length;
  if (Array.isArray(value)) walkItems(schema, { ...site, value }, found);
  else if (isRecord(value)) walkFields(schema, { ...site, value }, found);
  else found.shape.push(...scalarProblems(schema, value, path));
  if (found.shape.length === before) found.rules.push(...celProblems(schema, value, oldValue, path));
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

/**
 * Items of a list have no old value: none of our lists lets the API server tell which old item is which. A list that
 * is too long is not looked into.
 */
function walkItems(schema: StructuralSchema, { value: items, path }: Site<readonly unknown[]>, found: Found): void {
  const miscounted = countProblems('item', items.length, schema.minItems, schema.maxItems, path);
  found.shape.push(...miscounted);
  if (miscounted.length > 0 || schema.items === undefined) return;
  const seen = new Set<unknown>();
  for (const [index, item] of items.entries()) {
    walk(schema.items, { value: item, path: itemPath(path, index), oldValue: undefined }, found);
    if (schema['x-kubernetes-list-type'] === 'set' && seen.has(item)) {
      const problem = `repeats ${JSON.stringify(item)}; leave one of them out`;
      found.shape.push({ path: itemPath(path, index), problem });
    }
    seen.add(item);
  }
}

type Fields = Readonly<Record<string, unknown>>;

function walkFields(schema: StructuralSchema, { value: fields, path, oldValue }: Site<Fields>, found: Found): void {
  const miscounted = countProblems('key', Object.keys(fields).length, undefined, schema.maxProperties, path);
  found.shape.push(...missingProblems(schema, fields, path), ...miscounted);
  if (miscounted.length > 0) return;
  for (const [name, value] of Object.entries(fields)) {
    const field = fieldSchema(schema, name);
    if (field === 'Opaque') continue;
    if (field === 'Unknown') {
      found.shape.push(unknownFieldProblem(schema, name, path));
      continue;
    }
    const old = isRecord(oldValue) ? oldValue[name] : undefined;
    walk(field, { value, path: fieldPath(path, name), oldValue: old }, found);
  }
}

function fieldSchema(schema: StructuralSchema, name: string): StructuralSchema | 'Opaque' | 'Unknown' {
  if (schema.additionalProperties !== undefined) return schema.additionalProperties;
  if (schema.properties === undefined) return 'Opaque';
  const field = Object.hasOwn(schema.properties, name) ? schema.properties[name] : undefined;
  return field ?? 'Unknown';
}

function missingProblems(schema: StructuralSchema, fields: Fields, path: string): Problem[] {
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
