/**
 * A line of JSON from the logger as a line for people, with its line end: time, level, message, fields as `name=value`.
 * What is the same on all lines of a pass stands last, and which controller it is nowhere, for there is one.
 * The stack of a field `error` follows on lines of its own. Line breaks inside a value are escaped, so that no value can
 * look like a line of the log.
 */
export function textLine(jsonLine: string): string {
  const entry: Record<string, unknown> = JSON.parse(jsonLine);
  const { level, time, msg, error, controller, controllerGroup, controllerKind, reconcileID, ...fields } = entry;
  const ordered = { ...fields, ...(reconcileID === undefined ? {} : { reconcileID }) };
  const parts = Object.entries(ordered).map(([name, value]) => `${name}=${textValue(value)}`);
  if (error !== undefined) parts.push(`error=${textValue(messageOf(error))}`);
  const line = [String(time), String(level).toUpperCase().padEnd(5), String(msg), ...parts].join(' ');
  return `${line}\n${stackOf(error)}`;
}

function textValue(value: unknown): string {
  return typeof value === 'string' && PLAIN.test(value) ? value : JSON.stringify(value);
}

/** Printable ASCII without blanks, quotes and equal signs: it reads without quotation marks. */
const PLAIN = /^[!#-<>-~]+$/;

function messageOf(error: unknown): unknown {
  return isObject(error) && 'message' in error ? error.message : error;
}

function stackOf(error: unknown): string {
  if (!isObject(error) || typeof error.stack !== 'string') return '';
  return error.stack
    .split('\n')
    .filter((line) => /^\s+at /.test(line))
    .map((line) => `${line}\n`)
    .join('');
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
