import { validationError } from './errors.ts';
import { MAX_ITEMS } from './parameter-rules.ts';
import type { ParameterReader } from './parameters.ts';

export interface PageRequest {
  readonly maxItems: number;
  readonly marker: string | undefined;
}

/** `MaxItems` (1 to 1000, 100 when absent) and `Marker` of a list call. */
export function readPageRequest(input: ParameterReader): PageRequest {
  return { maxItems: input.integer('MaxItems', MAX_ITEMS) ?? 100, marker: input.text('Marker', { minChars: 1 }) };
}

export interface Page<T> {
  readonly items: readonly T[];
  /** Where the next page starts; absent on the last one. */
  readonly nextMarker: string | undefined;
}

/**
 * The page of `rows` that follows the marker, at most `limit` rows long: IAM may give fewer rows than were asked for and
 * still have more. `rows` must be sorted by `keyOf`; rows that come or go between two pages move nothing else.
 */
export function takePage<T>(
  rows: readonly T[],
  keyOf: (row: T) => string,
  request: PageRequest,
  limit: number,
): Page<T> {
  const after = request.marker === undefined ? undefined : decodeMarker(request.marker);
  const rest = after === undefined ? rows : rows.filter((row) => keyOf(row) > after);
  const items = rest.slice(0, Math.min(request.maxItems, limit));
  const last = items.at(-1);
  const more = items.length < rest.length && last !== undefined;
  return { items, nextMarker: more ? encodeMarker(keyOf(last)) : undefined };
}

/** The two fields with which every IAM list answer ends. */
export function pageFields({ nextMarker }: Page<unknown>): { IsTruncated: boolean; Marker: string | undefined } {
  return { IsTruncated: nextMarker !== undefined, Marker: nextMarker };
}

function encodeMarker(key: string): string {
  return Buffer.from(`after:${key}`, 'utf8').toString('base64');
}

function decodeMarker(marker: string): string {
  const text = Buffer.from(marker, 'base64').toString('utf8');
  if (!text.startsWith('after:')) throw validationError(`Invalid Marker: ${marker}`);
  return text.slice('after:'.length);
}
