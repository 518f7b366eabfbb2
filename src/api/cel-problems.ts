import { Environment, type ParseResult } from '@marcbachmann/cel-js';
import type { Problem } from '../base/problem.ts';
import { isRecord } from './is-record.ts';
import type { CelRule } from './schema-builders.ts';
import type { StructuralSchema } from './structural-schema.ts';

/**
 * What the CEL rules of `schema` itself, not of the nodes below it, say about `value`. A rule that speaks of `oldSelf`
 * is asked only when `oldValue` is there, as the API server does. A rule that cannot be evaluated counts as broken.
 * Source: https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#transition-rules
 */
export function celProblems(schema: StructuralSchema, value: unknown, oldValue: unknown, path: string): Problem[] {
  const rules = schema['x-kubernetes-validations'] ?? [];
  const asked = rules.filter((rule) => oldValue !== undefined || !isTransitionRule(rule));
  if (asked.length === 0) return [];
  const variables = { self: toCelValue(value, schema), oldSelf: toCelValue(oldValue, schema) };
  return asked
    .filter((rule) => !holds(rule, variables))
    .map((rule) => ({ path: path + (rule.fieldPath ?? ''), problem: rule.message }));
}

function isTransitionRule({ rule }: CelRule): boolean {
  return /\boldSelf\b/.test(rule);
}

function holds(rule: CelRule, variables: { self: unknown; oldSelf: unknown }): boolean {
  try {
    return parsedRule(rule.rule)(variables) === true;
  } catch {
    return false; // as on the API server: an error while evaluating refuses the object
  }
}

/** Filled on demand, since parsing all rules at start would slow down every command; never larger than the schema. */
const parsedRules = new Map<string, ParseResult>();

function parsedRule(rule: string): ParseResult {
  const known = parsedRules.get(rule);
  if (known !== undefined) return known;
  const parsed = celEnvironment().parse(rule);
  parsedRules.set(rule, parsed);
  return parsed;
}

/** The environment that rules are parsed in: `self` and `oldSelf`, and CEL's standard library. */
export function celEnvironment(): Environment {
  return new Environment().registerVariable('self', 'dyn').registerVariable('oldSelf', 'dyn');
}

/** CEL's integers are 64 bits wide, which the evaluator takes as BigInt. */
function toCelValue(value: unknown, schema: StructuralSchema | undefined): unknown {
  if (typeof value === 'number' && schema?.type === 'integer') return BigInt(value);
  if (Array.isArray(value)) return value.map((item) => toCelValue(item, schema?.items));
  if (!isRecord(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [
      key,
      toCelValue(item, schema?.properties?.[key] ?? schema?.additionalProperties),
    ]),
  );
}
