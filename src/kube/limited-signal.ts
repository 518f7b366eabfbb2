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
