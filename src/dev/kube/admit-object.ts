import { type Problem, problemText } from '../../base/problem.ts';
import { asJson, type Json } from './json.ts';
import type { ResourceKind } from './resource-kind.ts';
import { pruned, withDefaults } from './schema-walk.ts';
import { badRequest, invalid } from './status-error.ts';

/** Problems of a custom object, found after its defaults were filled in; `old` on an update. */
export type ValidateObject = (object: unknown, old: unknown) => readonly Problem[];

export interface Admitted {
  readonly object: Json;
  /** For the header Warning. */
  readonly warnings: readonly string[];
}

/**
 * `object` as it may be stored: pruned, defaulted and valid. Other kinds than custom resources are taken as they are.
 * Throws 400 for unknown fields under `Strict`, 422 for what the schema or its rules refuse.
 */
export function admitObject(
  kind: ResourceKind,
  object: Json,
  old: Json | undefined,
  options: { readonly fieldValidation: string; readonly validate: ValidateObject },
): Admitted {
  const { schema } = kind;
  if (schema === undefined) return { object, warnings: [] };
  const { apiVersion, kind: kindName, metadata, ...fields } = object;
  const unknown: string[] = [];
  const kept = asJson(pruned(schema, fields, '', unknown));
  if (unknown.length > 0 && options.fieldValidation === 'Strict') throw strictError(kind, unknown);
  const filled = asJson(withDefaults(schema, { ...kept, apiVersion, kind: kindName, metadata }));
  const admitted = { apiVersion, kind: kindName, ...filled };
  const problems = withoutOldProblems(options.validate(admitted, old), old, options.validate);
  if (problems.length > 0) throw invalid(kind, String(asJson(metadata).name), problems);
  const warnings = options.fieldValidation === 'Ignore' ? [] : unknown.map((path) => `unknown field "${path}"`);
  return { object: admitted, warnings };
}

/** What was wrong before the update is let through: the server calls that ratcheting, and has it since Kubernetes 1.33. */
function withoutOldProblems(
  problems: readonly Problem[],
  old: Json | undefined,
  validate: ValidateObject,
): readonly Problem[] {
  if (problems.length === 0 || old === undefined) return problems;
  const before = new Set(validate(old, undefined).map(problemText));
  return problems.filter((problem) => !before.has(problemText(problem)));
}

function strictError({ kind, version }: ResourceKind, unknown: readonly string[]) {
  const fields = unknown.map((path) => `unknown field "${path}"`).join(', ');
  return badRequest(`${kind} in version "${version}" cannot be handled as a ${kind}: strict decoding error: ${fields}`);
}
