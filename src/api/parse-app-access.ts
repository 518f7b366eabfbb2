import type { Problem } from '../base/problem.ts';
import { API_GROUP, API_VERSION, APP_ACCESS_KIND, type AppAccess } from './app-access.ts';
import { applyDefaults } from './apply-defaults.ts';
import { inFieldOrder } from './field-order.ts';
import { isRecord } from './is-record.ts';
import { metadataProblems } from './metadata-problems.ts';
import { validateAppAccess } from './validate-app-access.ts';

export type ParsedAppAccess =
  | { readonly ok: true; readonly appAccess: AppAccess }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/**
 * `object` as an AppAccess with its defaults filled in, or every problem it has, in the order of its fields. `options.namespace` is the namespace
 * of an object that names none; without it a missing namespace is a problem. Nothing is thrown, `object` is not changed.
 */
export function parseAppAccess(object: unknown, options: { readonly namespace?: string } = {}): ParsedAppAccess {
  if (!isRecord(object)) return { ok: false, problems: [{ path: '', problem: 'must be a mapping' }] };
  const placed = withNamespace(object, options.namespace);
  const filled = applyDefaults(placed);
  const problems = [...typeMetaProblems(placed), ...metadataProblems(placed.metadata), ...validateAppAccess(filled)];
  if (problems.length > 0) return { ok: false, problems: inFieldOrder(problems, placed) };
  return { ok: true, appAccess: filled as AppAccess }; // validated just now, by the schema that the type comes from
}

function withNamespace(object: Readonly<Record<string, unknown>>, namespace: string | undefined) {
  const { metadata } = object;
  if (namespace === undefined || !isRecord(metadata) || metadata.namespace !== undefined) return object;
  return { ...object, metadata: { ...metadata, namespace } };
}

function typeMetaProblems({ apiVersion, kind }: Readonly<Record<string, unknown>>): Problem[] {
  const problems: Problem[] = [];
  const wantedVersion = `${API_GROUP}/${API_VERSION}`;
  if (apiVersion !== wantedVersion) problems.push({ path: 'apiVersion', problem: `must be ${wantedVersion}` });
  if (kind !== APP_ACCESS_KIND) problems.push({ path: 'kind', problem: `must be ${APP_ACCESS_KIND}` });
  return problems;
}
