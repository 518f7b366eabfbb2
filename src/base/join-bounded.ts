const encoder = new TextEncoder();

/**
 * `items` joined by `separator`, as many from the first on as fit into `maxBytes` of UTF-8; how many were left out stands
 * at the end: `and 3 more`. The first item is always there, if need be cut with an ellipsis, no character halved.
 */
export function joinBounded(items: readonly string[], separator: string, maxBytes: number): string {
  const whole = items.join(separator);
  if (bytesOf(whole) <= maxBytes) return whole;
  for (let count = items.length - 1; count > 0; count -= 1) {
    const text = [...items.slice(0, count), `and ${items.length - count} more`].join(separator);
    if (bytesOf(text) <= maxBytes) return text;
  }
  const rest = items.length > 1 ? `${separator}and ${items.length - 1} more` : '';
  return cutToBytes(items[0] ?? '', maxBytes - bytesOf(rest)) + rest;
}

/** `text`, or as much of its start as fits with an ellipsis into `maxBytes` of UTF-8, no character halved. */
export function cutToBytes(text: string, maxBytes: number): string {
  if (bytesOf(text) <= maxBytes) return text;
  const room = new Uint8Array(Math.max(0, maxBytes - bytesOf('…')));
  const { read } = encoder.encodeInto(text, room);
  return `${text.slice(0, read)}…`;
}

function bytesOf(text: string): number {
  return encoder.encode(text).length;
}
