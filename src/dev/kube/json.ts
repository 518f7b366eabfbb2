export type Json = Record<string, unknown>;

/** Whether `value` is a JSON object, arrays not counted. */
export function isJson(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** `value` when it is an object, else an empty one. */
export function asJson(value: unknown): Json {
  return isJson(value) ? value : {};
}

export function asText(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
