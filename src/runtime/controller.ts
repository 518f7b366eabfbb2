import type { Clock } from '../base/clock.ts';
import type { Logger } from '../base/logger.ts';
import { noTracer, type Tracer } from '../base/pass-trace.ts';
import { noMetrics, type RuntimeMetrics } from './metrics.ts';
import type { Reconcile } from './pass.ts';
import type { Reflector } from './reflector.ts';
import { type Source, sourceOf } from './source.ts';
import type { StoreChange } from './store.ts';
import { isWakingUpdate } from './wake-predicate.ts';
import type { WatchedObject } from './watched-object.ts';
import { WorkQueue } from './work-queue.ts';
import { Workers } from './workers.ts';

export interface ControllerOptions<T extends WatchedObject> {
  /** The kind whose keys are reconciled. */
  readonly primary: Reflector<T>;
  /** Keys of other objects of the same kind that a change concerns; by default none. Called after the store has it. */
  relatedKeys?(change: StoreChange<T>): readonly string[];
  /** Other kinds whose changes wake keys of the primary kind. */
  readonly sources?: readonly Source[];
  readonly reconcile: Reconcile;
  /** Whether something was asked of an object that no pass has answered; its key then goes first when work begins. */
  isBehind?(object: T): boolean;
  /** Part of the annotations that wakes a key when it changes; by default none does. */
  annotationOf?(annotations: Readonly<Record<string, string>>): string | undefined;
  readonly workers: number;
  readonly timeLimitMs: number;
  /** A resync adds every key about this often, a tenth more or less by chance. */
  readonly sweepIntervalMs: number;
  /** How long `stop` lets running passes go on before it aborts them. */
  readonly drainMs: number;
  readonly clock: Clock;
  random(): number;
  readonly log: Logger;
  /** Absent: nothing is counted. */
  readonly metrics?: RuntimeMetrics;
  /** Absent: nothing is traced. */
  readonly tracer?: Tracer;
}

/*
 *   New --start--> Starting --all stores synced--> StandingBy --work--> Working
 *                     |                                |                   |
 *                     +-------------- stop ------------+------- stop ------+--> Stopped
 */

/**
 * Runs `reconcile` for every key of one kind: when its object appears, changes in a way that matters or goes, when
 * another source names it, and at every resync. Between `start` and `work` it stands by: its stores follow the cluster,
 * and nothing is reconciled.
 *
 * What all keys get, when work begins and at a resync, gives way to what one of them asks for.
 *
 * Guarantees: no pass starts before all stores have synced, so an absent object in a store is absent indeed; every object
 * that is in the store when work begins, or comes later, gets a pass; a key never has two passes at once; `stop` ends all
 * loops and timers, and may be called at any time and twice.
 */
export class Controller<T extends WatchedObject> {
  readonly #options: ControllerOptions<T>;
  readonly #sources: readonly Source[];
  readonly #queue: WorkQueue;
  readonly #workers: Workers;
  readonly #ending = new AbortController();
  #unsubscribe: (() => void)[] = [];
  #loops: Promise<void>[] = [];
  #cancelSweep: () => void = () => undefined;
  #state: 'New' | 'Starting' | 'StandingBy' | 'Working' | 'Stopped' = 'New';

  constructor(options: ControllerOptions<T>) {
    const { clock, log, metrics = noMetrics, random, reconcile, timeLimitMs, tracer = noTracer } = options;
    this.#options = options;
    this.#sources = [sourceOf(options.primary, (change) => this.#ownKeys(change)), ...(options.sources ?? [])];
    this.#queue = new WorkQueue({ clock, metrics, random });
    this.#workers = new Workers({
      queue: this.#queue,
      reconcile,
      count: options.workers,
      timeLimitMs,
      clock,
      log,
      metrics,
      tracer,
    });
  }

  /** True while every store has synced, so that it could work at once or does. */
  isReady(): boolean {
    const isUp = this.#state === 'StandingBy' || this.#state === 'Working';
    return isUp && this.#sources.every((source) => source.hasSynced());
  }

  /** Adds one key now, as a user's request would. */
  wake(key: string): void {
    this.#queue.add(key);
  }

  /**
   * Starts to list and watch, and resolves once all stores have synced. When `signal` aborts before that, everything is
   * stopped again and it rejects with the signal's reason; afterwards the signal has no meaning.
   */
  async start(signal: AbortSignal): Promise<void> {
    if (this.#state !== 'New') throw new Error('a controller starts once');
    this.#state = 'Starting';
    this.#loops = this.#sources.map((source) => source.run(this.#ending.signal));
    try {
      const either = AbortSignal.any([signal, this.#ending.signal]);
      await Promise.all(this.#sources.map((source) => source.waitForSync(either)));
      either.throwIfAborted(); // a stop may have come between the last sync and here
    } catch (error) {
      await this.stop();
      throw error;
    }
    this.#state = 'StandingBy';
  }

  /** Lets the workers begin, with a pass for every key. Does nothing once it works or was stopped. */
  work(): void {
    if (this.#state === 'New' || this.#state === 'Starting') throw new Error('a controller works once it has started');
    if (this.#state !== 'StandingBy') return;
    this.#state = 'Working';
    const { primary, isBehind, relatedKeys } = this.#options;
    const wake = (key: string) => this.wake(key);
    this.#unsubscribe = this.#sources.map((source) => source.subscribe(wake));
    // A listener of its own: one that throws must not cost the object its own pass.
    this.#unsubscribe.push(primary.store.subscribe((change) => relatedKeys?.(change).forEach(wake)));
    for (const key of primary.store.keys()) {
      const object = primary.store.get(key);
      this.#queue.add(key, object !== undefined && isBehind?.(object) === true ? 'Normal' : 'Low');
    }
    this.#workers.start();
    this.#scheduleSweep();
  }

  /** Stops watching, lets running passes end within `drainMs`, then aborts them. Never rejects. */
  async stop(drainMs = this.#options.drainMs): Promise<void> {
    this.#state = 'Stopped';
    this.#cancelSweep();
    this.#ending.abort(new Error('the controller is stopping'));
    for (const unsubscribe of this.#unsubscribe.splice(0)) unsubscribe();
    await this.#workers.stop(drainMs);
    await Promise.all(this.#loops);
  }

  #ownKeys(change: StoreChange<T>): readonly string[] {
    const { annotationOf } = this.#options;
    const wakes = change.kind !== 'Updated' || isWakingUpdate(change.old, change.object, annotationOf);
    return wakes ? [change.key] : [];
  }

  #scheduleSweep(): void {
    const { clock, random, sweepIntervalMs, primary } = this.#options;
    this.#cancelSweep = clock.after(sweepIntervalMs * (0.9 + 0.2 * random()), () => {
      for (const key of primary.store.keys()) this.#queue.add(key, 'Low');
      this.#scheduleSweep();
    });
  }
}
