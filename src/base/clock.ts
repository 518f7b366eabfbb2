/** Time as the rest of the program sees it; tests pass a manual one. */
export interface Clock {
  /** Wall-clock time in milliseconds since the epoch. May jump; for timestamps that people read. */
  now(): number;
  /** Milliseconds from an arbitrary start that never run backwards; for durations and deadlines. */
  monotonicMs(): number;
  /** Calls `callback` once after `delayMs`; the function returned cancels it and may be called at any time. */
  after(delayMs: number, callback: () => void): () => void;
}

/** The machine's own clock. Its timers do not keep the process alive. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonicMs: () => performance.now(),
  after: (delayMs, callback) => startTimer(delayMs, callback, (timer) => timer.unref()),
};

/** As {@link systemClock}, for commands that end by themselves: the process lives on while something waits for a time. */
export const commandClock: Clock = {
  ...systemClock,
  after: (delayMs, callback) => startTimer(delayMs, callback),
};

/** The longest time that Node can wait for; it takes a longer one for a millisecond. Source: https://nodejs.org/api/timers.html */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** A timer of any length, up to `Infinity`, which never fires. */
function startTimer(
  delayMs: number,
  callback: () => void,
  onStart: (timer: NodeJS.Timeout) => void = () => undefined,
): () => void {
  let timer: NodeJS.Timeout;
  const start = (leftMs: number) => {
    const next = leftMs > MAX_TIMER_MS ? () => start(leftMs - MAX_TIMER_MS) : callback;
    timer = setTimeout(next, Math.min(leftMs, MAX_TIMER_MS));
    onStart(timer);
  };
  start(delayMs);
  return () => clearTimeout(timer);
}

/** Resolves after `delayMs`, or rejects with the signal's reason as soon as it aborts. */
export function sleep(clock: Clock, delayMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason);
    const onAbort = () => {
      cancel();
      reject(signal.reason);
    };
    const cancel = clock.after(delayMs, () => {
      signal.removeEventListener('abort', onAbort);
      resolve();
    });
    signal.addEventListener('abort', onAbort, { once: true });
  });
}
