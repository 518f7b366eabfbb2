import type { Problem } from '../base/problem.ts';
import { nearestName } from './nearest-name.ts';
import type { StructuralSchema } from './structural-schema.ts';

/**
 * What `schema` refuses in `value`, a string, number or boolean of the right type: enum, length in characters (Unicode
 * code points, as the API server counts), bounds.
 */
export function scalarProblems(schema: StructuralSchema, value: unknown, path: string): Problem[] {
  if (typeof value === 'string') return stringProblems(schema, value, path);
  if (typeof value === 'number') return numberProblems(schema, value, path);
  return [];
}

function stringProblems(schema: StructuralSchema, value: string, path: string): Problem[] {
  if (schema.enum !== undefined && !schema.enum.includes(value)) {
    const nearest = nearestName(value, schema.enum);
    const question = nearest === undefined ? '' : `; did you mean ${nearest}?`;
    return [{ path, problem: `must be one of ${schema.enum.join(', ')}, not ${shown(value)}${question}` }];
  }
  const length = [...value].length;
  const { minLength = 0, maxLength = Infinity } = schema;
  if (length === 0 && minLength > 0) return [{ path, problem: 'must not be empty' }];
  if (length < minLength) return [{ path, problem: `must have at least ${minLength} characters, has ${length}` }];
  if (length > maxLength) return [{ path, problem: `must have at most ${maxLength} characters, has ${length}` }];
  return [];
}

function numberProblems(schema: StructuralSchema, value: number, path: string): Problem[] {
  const { minimum = -Infinity, maximum = Infinity } = schema;
  if (value < minimum) return [{ path, problem: `must be at least ${minimum}, not ${value}` }];
  if (value > maximum) return [{ path, problem: `must be at most ${maximum}, not ${value}` }];
  return [];
}

function shown(value: string): string {
  return JSON.stringify(value.length > 64 ? `${value.slice(0, 64)}…` : value);
}
