import type { Problem } from '../base/problem.ts';
import { isRecord } from './is-record.ts';

/**
 * `problems` in the order in which their fields stand in `object`: one about a field before those inside of it, one about
 * a field that is missing after those inside of what is around it. Problems of one field keep their order. From a file
 * that is the order in which people wrote it; the API server keeps fields sorted by name.
 */
export function inFieldOrder(problems: readonly Problem[], object: unknown): readonly Problem[] {
  return problems
    .map((problem) => ({ problem, place: placeOf(problem.path, object) }))
    .sort((a, b) => comparePlaces(a.place, b.place))
    .map(({ problem }) => problem);
}

/** Positions among siblings on the way from `value` to the field at `path`, as far as it is there. */
function placeOf(path: string, value: unknown): readonly number[] {
  if (path === '') return [];
  const fields = Array.isArray(value) ? value.map((item, index) => [index, item]) : entriesOf(value);
  for (const [position, [name, child]] of fields.entries()) {
    const rest = restBelow(path, String(name));
    if (rest !== undefined) return [position, ...placeOf(rest, child)];
  }
  return [fields.length];
}

function entriesOf(value: unknown): readonly (readonly [string, unknown])[] {
  return isRecord(value) ? Object.entries(value) : [];
}

/** What of `path` is left below the field `name`, as `fieldPath` and `itemPath` write it; `undefined`: it goes elsewhere. */
function restBelow(path: string, name: string): string | undefined {
  const bare = path.startsWith('.') ? path.slice(1) : path;
  for (const [text, start] of [
    [bare, name],
    [path, `[${name}]`],
  ] as const) {
    const rest = text.startsWith(start) ? text.slice(start.length) : undefined;
    if (rest !== undefined && /^($|[.[])/.test(rest)) return rest;
  }
  return undefined;
}

function comparePlaces(a: readonly number[], b: readonly number[]): number {
  for (const [depth, position] of a.entries()) {
    const other = b[depth];
    if (other === undefined) return 1;
    if (position !== other) return position - other;
  }
  return a.length - b.length;
}
