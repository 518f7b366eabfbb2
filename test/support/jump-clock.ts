import { type Clock, systemClock } from '../../src/base/clock.ts';

/** The machine's clock, which a test can put forward: timers that fall due by that fire at once. */
export class JumpClock implements Clock {
  readonly #timers = new Set<{ readonly dueMs: number; readonly fire: () => void }>();
  #aheadMs = 0;

  now(): number {
    return systemClock.now() + this.#aheadMs;
  }

  monotonicMs(): number {
    return systemClock.monotonicMs() + this.#aheadMs;
  }

  after(delayMs: number, callback: () => void): () => void {
    const cancel = () => {
      this.#timers.delete(timer);
      cancelReal();
    };
    const fire = () => {
      cancel();
      callback();
    };
    const timer = { dueMs: this.monotonicMs() + delayMs, fire };
    const cancelReal = systemClock.after(delayMs, fire);
    this.#timers.add(timer);
    return cancel;
  }

  jump(ms: number): void {
    this.#aheadMs += ms;
    const due = [...this.#timers].filter(({ dueMs }) => dueMs <= this.monotonicMs());
    for (const { fire } of due.sort((a, b) => a.dueMs - b.dueMs)) fire();
  }
}
