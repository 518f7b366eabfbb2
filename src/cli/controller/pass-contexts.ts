import type { PassContext } from '../../base/pass-context.ts';
import type { Pass } from '../../runtime/pass.ts';
import type { Priority } from '../../runtime/priority.ts';

/** What the limiter of AWS calls goes by: higher goes first. */
const LIMITER_PRIORITY: Readonly<Record<Priority, number>> = { Normal: 1, Low: 0 };

/**
 * The passes that run, each by its signal: the one thing that goes with a pass down to every request. A pass is forgotten
 * with its signal.
 */
export class PassContexts {
  readonly #passes = new WeakMap<AbortSignal, Pass>();

  add(pass: Pass): void {
    this.#passes.set(pass.signal, pass);
  }

  /** For the limiter, at this moment. A call of no pass goes with those that somebody waits for. */
  priorityOf(signal: AbortSignal): number {
    return LIMITER_PRIORITY[this.#passes.get(signal)?.priority() ?? 'Normal'];
  }

  /** Of the pass that a request belongs to; `undefined` for a request of no pass. */
  of(signal: AbortSignal): PassContext | undefined {
    return this.#passes.get(signal);
  }
}
