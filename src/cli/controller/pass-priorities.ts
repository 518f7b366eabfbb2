import type { Priority } from '../../runtime/priority.ts';

/** What the limiter of AWS calls goes by: higher goes first. */
const LIMITER_PRIORITY: Readonly<Record<Priority, number>> = { Normal: 1, Low: 0 };

/**
 * The priority of each pass, by its signal: the one thing that goes with a pass down to every request. Forgotten with
 * the signal.
 */
export class PassPriorities {
  readonly #priorities = new WeakMap<AbortSignal, () => Priority>();

  /** `priority` returns that of the pass, which may rise while it runs. */
  set(signal: AbortSignal, priority: () => Priority): void {
    this.#priorities.set(signal, priority);
  }

  /** For the limiter. A call of no pass goes with those that somebody waits for. */
  of(signal: AbortSignal): number {
    return LIMITER_PRIORITY[this.#priorities.get(signal)?.() ?? 'Normal'];
  }
}
