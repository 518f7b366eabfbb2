import { randomUUID } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { type Clock, sleep } from '../base/clock.ts';
import { TransientError } from '../base/errors.ts';
import type { Logger } from '../base/logger.ts';
import type { Tracer } from '../base/pass-trace.ts';
import type { ReconcileOutcome, RuntimeMetrics } from './metrics.ts';
import type { Pass, Reconcile, ReconcileResult } from './pass.ts';
import { SharedWaits } from './shared-waits.ts';
import type { WorkQueue } from './work-queue.ts';

declare module '../base/errors.ts' {
  interface ReasonRegister {
    ReconcileTimeout: 'Transient';
    ShuttingDown: 'Transient';
  }
}

export interface WorkersOptions {
  readonly queue: WorkQueue;
  readonly reconcile: Reconcile;
  readonly count: number;
  /** The signal of a pass that runs longer than this aborts. */
  readonly timeLimitMs: number;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: RuntimeMetrics;
  readonly tracer: Tracer;
}

/** So many passes may follow each other, waiting for nothing, before everything else has its turn. */
const PASSES_A_TURN = 10;
/** So many failures in a row of a key are routine where its pass says that one is. */
const ROUTINE_FAILURES = 2;
/** How long `stop` waits for passes to end after it has aborted them. */
const ABORT_GRACE_MS = 5_000;

/**
 * Takes keys from the queue and runs a pass for each, `count` at a time.
 *
 * Guarantees: a key has at most one pass at a time, also when a pass ignores its signal (its key then stays blocked, and
 * that is logged); no pass, whatever it throws, ends a worker; each pass has its own signal, which aborts at the time
 * limit and when a stop runs out of patience; each line that is logged about a pass carries its key and its own id; any
 * number of passes that wait for nothing holds up timers and requests for no longer than ten of them take.
 */
export class Workers {
  readonly #options: WorkersOptions;
  /** What aborts the pass of each key that runs now. */
  readonly #running = new Map<string, AbortController>();
  /** Keys whose failure was told since a pass of theirs ended otherwise. */
  readonly #told = new Set<string>();
  readonly #waits: SharedWaits;
  #loops: Promise<unknown> = Promise.resolve();
  /** Passes that ended since everything else last had its turn for certain. */
  #passesThisTurn = 0;
  /** What all workers wait for while everything else has its turn. */
  #turn: Promise<void> | undefined;

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
      const ending = new AbortController();
      this.#running.set(key, ending);
      this.#options.metrics.activeWorkers(this.#running.size);
      this.#settle(key, await this.#run(this.#begin(key, ending.signal), ending));
      this.#running.delete(key);
      this.#options.metrics.activeWorkers(this.#running.size);
      queue.done(key);
      await this.#giveTurn();
    }
  }

  async #giveTurn(): Promise<void> {
    this.#passesThisTurn += 1;
    if (this.#passesThisTurn >= PASSES_A_TURN) {
      this.#turn ??= nextTurn().then(() => {
        this.#passesThisTurn = 0;
        this.#turn = undefined;
      });
    }
    await this.#turn;
  }

  #begin(key: string, signal: AbortSignal): Pass {
    const { log, queue, tracer } = this.#options;
    const reconcileID = randomUUID();
    const object = objectFields(key);
    const trace = tracer.startPass({ ...object, reconcileID, priority: queue.priorityOf(key) });
    return {
      key,
      priority: () => queue.priorityOf(key),
      signal,
      log: log.child({ ...object, reconcileID }),
      trace,
    };
  }

  /** Never rejects: what the pass throws comes back as a `Retry`, logged. */
  async #run(pass: Pass, ending: AbortController): Promise<ReconcileResult> {
    const { clock, metrics, reconcile } = this.#options;
    const startedMs = clock.monotonicMs();
    const cancelLimit = this.#limit(pass.key, ending);
    let result: ReconcileResult;
    try {
      result = await reconcile(pass);
      if (result.kind === 'Retry') this.#logRetry(pass, result);
    } catch (error) {
      // An aborted pass may well throw; only a throw that nobody asked for is a bug.
      result = { kind: 'Retry', error, isBug: !pass.signal.aborted };
      if (pass.signal.aborted) pass.log.warn('aborted pass will be retried', { error });
      else pass.log.error('pass threw', { error });
    } finally {
      cancelLimit();
    }
    if (result.kind === 'Terminal') metrics.terminalError();
    if (result.kind === 'Retry' && result.isBug === true) metrics.reconcilePanic();
    const outcome = outcomeOf(result);
    pass.trace.end(outcome, 'error' in result ? result.error : undefined);
    metrics.reconcileDone(outcome, (clock.monotonicMs() - startedMs) / 1000);
    return result;
  }

  /** The first failure in a row that is not routine, or the third of any, tells all; what follows would only repeat it. */
  #logRetry({ key, log }: Pass, { error, isRoutine }: { readonly error: unknown; readonly isRoutine?: boolean }): void {
    const passes = isRoutine === true && this.#options.queue.failures(key) < ROUTINE_FAILURES;
    const level = passes || this.#told.has(key) ? 'debug' : 'warn';
    if (level === 'warn') this.#told.add(key);
    log[level]('pass failed and will be retried', { error });
  }

  #limit(key: string, ending: AbortController): () => void {
    const { clock, metrics, timeLimitMs } = this.#options;
    return clock.after(timeLimitMs, () => {
      metrics.reconcileTimeout();
      ending.abort(new TransientError('ReconcileTimeout', `the pass for ${key} took longer than ${timeLimitMs} ms`));
    });
  }

  #settle(key: string, result: ReconcileResult): void {
    const { queue } = this.#options;
    if (result.kind !== 'Retry') this.#told.delete(key);
    if (result.kind === 'Terminal') this.#waits.leave(key);
    else if (result.kind !== 'Wait') this.#waits.gotOn(key);
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

/** The object of `key` under the names that controller-runtime's logs have for it. */
function objectFields(key: string): { readonly namespace?: string; readonly name: string } {
  const [namespace = '', name] = key.split('/');
  return name === undefined ? { name: namespace } : { namespace, name };
}

function outcomeOf({ kind }: ReconcileResult): ReconcileOutcome {
  if (kind === 'Done') return 'success';
  return kind === 'RequeueAfter' ? 'requeue_after' : 'error';
}
