import { type Clock, sleep } from '../base/clock.ts';
import { TransientError } from '../base/errors.ts';
import type { Logger } from '../base/logger.ts';
import type { ReconcileOutcome, RuntimeMetrics } from './metrics.ts';
import type { Priority } from './priority.ts';
import { type SharedWait, SharedWaits } from './shared-waits.ts';
import type { WorkQueue } from './work-queue.ts';

/**
 * What becomes of the key: nothing, a pass after a time without back-off, a pass after back-off, or a wait together with
 * all other keys that wait for the same thing. `Terminal` is a failure that no retry mends: nothing, or a look after a time.
 */
export type ReconcileResult =
  | { readonly kind: 'Done' }
  | { readonly kind: 'Terminal'; readonly error: unknown; readonly recheckAfterMs?: number }
  | { readonly kind: 'RequeueAfter'; readonly afterMs: number }
  /** `isBug`: the pass met a fault of the program and reported it itself. */
  | { readonly kind: 'Retry'; readonly error: unknown; readonly isBug?: boolean }
  | SharedWait;

/**
 * One pass for one key. An expected failure is a `Retry`; what it throws is taken for a bug. `priority` returns that of
 * the pass, which rises when somebody asks for the key while it runs.
 */
export type Reconcile = (key: string, signal: AbortSignal, priority: () => Priority) => Promise<ReconcileResult>;

export interface WorkersOptions {
  readonly queue: WorkQueue;
  readonly reconcile: Reconcile;
  readonly count: number;
  /** The signal of a pass that runs longer than this aborts. */
  readonly timeLimitMs: number;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: RuntimeMetrics;
}

/** How long `stop` waits for passes to end after it has aborted them. */
const ABORT_GRACE_MS = 5_000;

/**
 * Takes keys from the queue and runs a pass for each, `count` at a time.
 *
 * Guarantees: a key has at most one pass at a time, also when a pass ignores its signal (its key then stays blocked, and
 * that is logged); no pass, whatever it throws, ends a worker; each pass has its own signal, which aborts at the time
 * limit and when a stop runs out of patience.
 */
export class Workers {
  readonly #options: WorkersOptions;
  /** What aborts the pass of each key that runs now. */
  readonly #running = new Map<string, AbortController>();
  readonly #waits: SharedWaits;
  #loops: Promise<unknown> = Promise.resolve();

  constructor(options: WorkersOptions) {
    this.#options = options;
    const { queue, clock, log } = options;
    this.#waits = new SharedWaits({ wake: (key, priority) => queue.add(key, priority), clock, log });
  }

  /** Passes that run now. */
  get active(): number {
    return this.#running.size;
  }

  start(): void {
    const { count, metrics } = this.#options;
    metrics.maxWorkers(count);
    this.#loops = Promise.all(Array.from({ length: count }, () => this.#loop()));
  }

  /**
   * Takes no more keys, lets the running passes end for up to `drainMs`, aborts those that are left and gives them a
   * few seconds. Resolves in any case; passes that ignored the abort are logged.
   */
  async stop(drainMs: number): Promise<void> {
    void this.#options.queue.shutDown();
    this.#waits.stop();
    if (await this.#endWithin(drainMs)) return;
    this.#options.log.warn('running passes aborted', { keys: [...this.#running.keys()] });
    const reason = new TransientError('ShuttingDown', 'the controller is stopping; the next one goes on');
    for (const pass of this.#running.values()) pass.abort(reason);
    if (await this.#endWithin(ABORT_GRACE_MS)) return;
    this.#options.log.error('passes ignored their signal', { keys: [...this.#running.keys()] });
  }

  async #endWithin(limitMs: number): Promise<boolean> {
    const ended = new AbortController();
    const loops = this.#loops.then(() => true);
    const timeout = sleep(this.#options.clock, limitMs, ended.signal).then(
      () => false,
      () => true,
    );
    const result = await Promise.race([loops, timeout]);
    ended.abort();
    return result;
  }

  async #loop(): Promise<void> {
    const { queue } = this.#options;
    const never = new AbortController().signal; // shutting the queue down is what ends the loop
    for (let key = await queue.get(never); key !== undefined; key = await queue.get(never)) {
      const pass = new AbortController();
      this.#running.set(key, pass);
      this.#options.metrics.activeWorkers(this.#running.size);
      this.#settle(key, await this.#run(key, pass));
      this.#running.delete(key);
      this.#options.metrics.activeWorkers(this.#running.size);
      queue.done(key);
    }
  }

  /** Never rejects: what the pass throws comes back as a `Retry`, logged. */
  async #run(key: string, pass: AbortController): Promise<ReconcileResult> {
    const { clock, log, metrics, queue, reconcile } = this.#options;
    const startedMs = clock.monotonicMs();
    const cancelLimit = this.#limit(key, pass);
    let result: ReconcileResult;
    try {
      result = await reconcile(key, pass.signal, () => queue.priorityOf(key));
      if (result.kind === 'Retry') this.#logRetry(key, result.error);
    } catch (error) {
      // An aborted pass may well throw; only a throw that nobody asked for is a bug.
      result = { kind: 'Retry', error, isBug: !pass.signal.aborted };
      if (pass.signal.aborted) log.warn('aborted pass will be retried', { key, error });
      else log.error('pass threw', { key, error });
    } finally {
      cancelLimit();
    }
    if (result.kind === 'Terminal') metrics.terminalError();
    if (result.kind === 'Retry' && result.isBug === true) metrics.reconcilePanic();
    metrics.reconcileDone(outcomeOf(result), (clock.monotonicMs() - startedMs) / 1000);
    return result;
  }

  /** The first failure in a row tells all; the retries that follow would only repeat it. */
  #logRetry(key: string, error: unknown): void {
    const { log, queue } = this.#options;
    const level = queue.failures(key) === 0 ? 'warn' : 'debug';
    log[level]('pass failed and will be retried', { key, error });
  }

  #limit(key: string, pass: AbortController): () => void {
    const { clock, metrics, timeLimitMs } = this.#options;
    return clock.after(timeLimitMs, () => {
      metrics.reconcileTimeout();
      pass.abort(new TransientError('ReconcileTimeout', `the pass for ${key} took longer than ${timeLimitMs} ms`));
    });
  }

  #settle(key: string, result: ReconcileResult): void {
    const { queue } = this.#options;
    if (result.kind !== 'Wait') this.#waits.gotOn(key);
    switch (result.kind) {
      case 'Wait':
        queue.forget(key);
        if (result.ownPassAfterMs !== undefined) queue.addAfter(key, result.ownPassAfterMs);
        this.#waits.add(key, queue.priorityOf(key), result);
        return;
      case 'Done':
        queue.forget(key);
        return;
      case 'Terminal':
        queue.forget(key);
        if (result.recheckAfterMs !== undefined) queue.addAfter(key, result.recheckAfterMs);
        return;
      case 'RequeueAfter':
        queue.forget(key);
        queue.addAfter(key, result.afterMs);
        return;
      case 'Retry':
        queue.addRateLimited(key);
        return;
      default:
        result satisfies never;
    }
  }
}

function outcomeOf({ kind }: ReconcileResult): ReconcileOutcome {
  if (kind === 'Done') return 'success';
  return kind === 'RequeueAfter' ? 'requeue_after' : 'error';
}
