/**
 * `Promise.all`, except that it waits for all and then throws the failure that stands first in the list, not the one
 * that came first in time: a fault that hits several reads is told in the same words by every pass.
 */
export async function allInOrder<const T extends readonly unknown[]>(
  reads: T,
): Promise<{ -readonly [Index in keyof T]: Awaited<T[Index]> }> {
  const ended = await Promise.allSettled(reads);
  for (const end of ended) if (end.status === 'rejected') throw end.reason;
  return Promise.all(reads);
}
