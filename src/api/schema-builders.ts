import type { Static, TSchema } from 'typebox';
import { Type } from './type.ts';

/** A CEL rule of a Kubernetes schema; `message` names the remedy, the API server itself names the field. */
export interface CelRule {
  readonly rule: string;
  readonly message: string;
  /** Where in the object the error is reported: `.name`. */
  readonly fieldPath?: string;
}

/** `{ 'x-kubernetes-validations': rules }`, to be spread into the options of a schema. */
export function celRules(...rules: readonly CelRule[]): { 'x-kubernetes-validations': readonly CelRule[] } {
  return { 'x-kubernetes-validations': rules };
}

/** A string set: order does not count, duplicates are refused, at least one item. */
export function stringSet<Item extends TSchema>(
  item: Item,
  options: { description: string; example: readonly string[]; maxItems: number },
) {
  return Type.Array(item, { ...options, minItems: 1, 'x-kubernetes-list-type': 'set' });
}

/** One of `values`. In a structural schema this is a string with an `enum`. */
export function oneOf<const Values extends readonly string[]>(values: Values, options: Record<string, unknown> = {}) {
  return Type.Unsafe<Values[number]>({ type: 'string', enum: [...values], ...options });
}

/** A map from string to `value`. */
export function mapOf<Value extends TSchema>(
  value: Value,
  options: { description: string; example: unknown; maxProperties: number },
) {
  return Type.Unsafe<Readonly<Record<string, Static<Value>>>>({
    type: 'object',
    additionalProperties: value,
    ...options,
  });
}
