import { isJson } from './json.ts';

/**
 * The first value at `path`, in the part of JSONPath that printer columns use: fields, indexes, and filters of the form
 * `[?(@.type=="Ready")]`.
 */
export function valueAtJsonPath(object: unknown, path: string): unknown {
  let values: readonly unknown[] = [object];
  for (const [, field, index, key, wanted] of path.matchAll(STEP)) {
    if (field !== undefined) values = values.map((value) => (isJson(value) ? value[field] : undefined));
    else if (index !== undefined)
      values = values.map((value) => (Array.isArray(value) ? value[Number(index)] : undefined));
    else if (key !== undefined) {
      values = values.flatMap((value) =>
        Array.isArray(value) ? value.filter((item) => isJson(item) && item[key] === wanted) : [],
      );
    }
  }
  return values[0];
}

const STEP = /\.([A-Za-z0-9_-]+)|\[(\d+)\]|\[\?\(@\.([A-Za-z0-9_-]+)\s*==\s*["']([^"']*)["']\)\]/g;
