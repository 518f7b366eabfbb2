import { setTimeout as delay } from 'node:timers/promises';

/**
 * Calls `probe` until it returns something other than undefined, and returns that. Throws after `timeoutMs`, with
 * what `explain` returns in the message. For worlds of real programs only, which no test clock can drive.
 */
export async function until<T>(
  what: string,
  probe: () => Promise<T | undefined>,
  options: { readonly timeoutMs: number; readonly everyMs?: number; readonly explain?: () => Promise<string> },
): Promise<T> {
  const deadlineMs = Date.now() + options.timeoutMs;
  for (;;) {
    const value = await probe();
    if (value !== undefined) return value;
    if (Date.now() > deadlineMs) {
      const explanation = (await options.explain?.()) ?? '';
      throw new Error(`waited ${options.timeoutMs} ms in vain until ${what}\n${explanation}`);
    }
    await delay(options.everyMs ?? 100);
  }
}
