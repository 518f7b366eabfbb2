import type { Conditions } from '../api/grants/grant-fields.ts';
import type { Problem } from '../base/problem.ts';
import type { PolicyConditions } from './types.ts';

/** Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html */
const BASE_OPERATORS = [
  ...[
    'StringEquals',
    'StringNotEquals',
    'StringEqualsIgnoreCase',
    'StringNotEqualsIgnoreCase',
    'StringLike',
    'StringNotLike',
  ],
  ...['NumericEquals', 'NumericNotEquals', 'NumericLessThan', 'NumericLessThanEquals'],
  ...['NumericGreaterThan', 'NumericGreaterThanEquals'],
  ...['DateEquals', 'DateNotEquals', 'DateLessThan', 'DateLessThanEquals', 'DateGreaterThan', 'DateGreaterThanEquals'],
  ...['Bool', 'BinaryEquals', 'IpAddress', 'NotIpAddress', 'ArnEquals', 'ArnLike', 'ArnNotEquals', 'ArnNotLike'],
];

/** What is wrong with the user's conditions at `path`; `ours` are the blocks that the compiler writes itself. */
export function conditionProblems(
  conditions: Conditions | undefined,
  ours: readonly PolicyConditions[],
  path: string,
): readonly Problem[] {
  const written = ours.flatMap((block) => Object.values(block)).flatMap((keys) => Object.keys(keys));
  const taken = new Set(written.map((key) => key.toLowerCase()));
  return Object.entries(conditions ?? {}).flatMap(([operator, keys]) => [
    ...(isOperator(operator)
      ? []
      : [
          {
            path: `${path}.${operator}`,
            problem: `${operator} is no condition operator of IAM; write one such as StringEquals`,
          },
        ]),
    ...Object.keys(keys).flatMap((key) => keyProblems(key, taken, `${path}.${operator}`)),
  ]);
}

function keyProblems(key: string, taken: ReadonlySet<string>, path: string): readonly Problem[] {
  if (!/^[a-zA-Z0-9-]+:[^\s]+$/.test(key)) {
    return [{ path, problem: `${key} is no condition key; write service:key, such as aws:SourceVpc` }];
  }
  if (!taken.has(key.toLowerCase())) return [];
  return [{ path, problem: `${key} is set by the controller for this grant and may not be repeated; remove it` }];
}

function isOperator(text: string): boolean {
  const base = text.replace(/^For(AnyValue|AllValues):/, '').replace(/IfExists$/, '');
  return text === 'Null' || BASE_OPERATORS.includes(base);
}

/** Both blocks together: IAM ANDs all operators and keys. Keys must not repeat, see `conditionProblems`. */
export function joinConditions(a: PolicyConditions, b: PolicyConditions): PolicyConditions {
  const operators = [...new Set([...Object.keys(a), ...Object.keys(b)])];
  return Object.fromEntries(operators.map((operator) => [operator, { ...a[operator], ...b[operator] }]));
}
