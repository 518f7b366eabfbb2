import type { Clock } from '../base/clock.ts';

/** A signal that aborts with `signal`, and `limitMs` after the start or the last `renew`; call `end` when it is no longer needed. */
export function limitedSignal(
  clock: Clock,
  limitMs: number,
  signal: AbortSignal,
): { readonly signal: AbortSignal; renew(limitMs: number): void; end(): void } {
  const limited = new AbortController();
  const onAbort = () => limited.abort(signal.reason);
  if (signal.aborted) onAbort();
  signal.addEventListener('abort', onAbort, { once: true });
  const start = (ms: number) =>
    clock.after(ms, () => limited.abort(new Error(`no whole answer within ${ms / 1000} s`)));
  let cancel = start(limitMs);
  return {
    signal: limited.signal,
    renew(ms) {
      cancel();
      cancel = start(ms);
    },
    end() {
      cancel();
      signal.removeEventListener('abort', onAbort);
    },
  };
}

/** What `promise` resolves to, unless `signal` aborts first: then it rejects with that reason, and `promise` is left alone. */
export async function untilAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  const aborted = Promise.withResolvers<never>();
  const onAbort = () => aborted.reject(signal.reason);
  if (signal.aborted) onAbort();
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    return await Promise.race([promise, aborted.promise]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}
