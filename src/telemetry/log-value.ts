/**
 * `value` of the field `name` as it may be logged: an error as its type, reason, message, stack and causes and nothing
 * else of it (errors of the AWS SDK carry whole HTTP answers), `[left out]` in place of policies and credentials
 * wherever they stand in it, and no more than a few levels and items of anything.
 */
export function toLogValue(name: string, value: unknown, depth = 0): unknown {
  if (PRIVATE_NAMES.has(name.toLowerCase())) return LEFT_OUT;
  if (value instanceof Error) return toLogError(value, depth);
  if (typeof value === 'bigint') return value.toString();
  if (typeof value !== 'object' || value === null) return value;
  if (depth >= DEEPEST) return LEFT_OUT;
  if (Array.isArray(value)) return value.slice(0, MOST_ITEMS).map((item) => toLogValue(name, item, depth + 1));
  if (value instanceof Date) return value.toISOString();
  return Object.fromEntries(
    Object.entries(value)
      .slice(0, MOST_ITEMS)
      .map(([key, item]) => [key, toLogValue(key, item, depth + 1)]),
  );
}

const LEFT_OUT = '[left out]';
const DEEPEST = 4;
const MOST_ITEMS = 50;

/** In lower case. */
const PRIVATE_NAMES: ReadonlySet<string> = new Set([
  'accesskeyid',
  'assumerolepolicydocument',
  'authorization',
  'credentials',
  'document',
  'externalid',
  'inline',
  'password',
  'policy',
  'policydocument',
  'secret',
  'secretaccesskey',
  'sessiontoken',
  'token',
  'trust',
]);

function toLogError(error: Error, depth: number): Record<string, unknown> {
  const reason = 'reason' in error && typeof error.reason === 'string' ? { reason: error.reason } : {};
  const cause =
    error.cause === undefined || depth >= DEEPEST ? {} : { cause: toLogValue('cause', error.cause, depth + 1) };
  return { type: error.name, ...reason, message: error.message, stack: error.stack, ...cause };
}
