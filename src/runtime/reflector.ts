import { type Clock, sleep } from '../base/clock.ts';
import type { LogFields, Logger } from '../base/logger.ts';
import { QuietLog } from '../base/quiet-log.ts';
import { unlessAborted } from '../base/unless-aborted.ts';
import { type BackoffRange, backoffMs } from './backoff.ts';
import { type ListRequest, listPages } from './list-pages.ts';
import type { ReadonlyStore, Store } from './store.ts';
import {
  canResume,
  IncompleteListError,
  refusesStreamingList,
  retryAfterOf,
  ShortWatchError,
  statusOf,
  WatchStatusError,
} from './watch-errors.ts';
import { completesList, keyOf, type ListPage, type WatchEvent, type WatchedObject } from './watched-object.ts';

/*
 *         +------------- version gone (410), or an answer that a resume cannot mend -------------+
 *         v                                                                                      |
 *   streaming list --> complete: swap the store --> events and bookmarks move the version -------+
 *         |  ^                   ^                        ^                       |
 *  refused|  |back-off, failure  |                        +-- same version -------+
 *         v  |                   |                            ended, cut, 429, 5xx
 *   list page by page -----------+
 */

/** What a watch begins with. */
export type WatchRequest =
  /** Events after this version. */
  | { readonly resourceVersion: string; readonly sendInitialEvents?: undefined }
  /** A streaming list: all there is, as ADDED, then the bookmark that {@link completesList}, then events. */
  | { readonly sendInitialEvents: true; readonly resourceVersion?: undefined };

export interface ReflectorOptions<T extends WatchedObject> {
  /**
   * Reads one page. An HTTP answer that is an error is thrown with its code as the property `status`, and what its
   * Retry-After asks for as `retryAfterMs`; one that is not understood as a `TypeError`.
   */
  list(request: ListRequest, signal: AbortSignal): Promise<ListPage<T>>;
  /** Watches with bookmarks; ends when the server ends it, throws like `list`, or when the connection breaks. */
  watch(request: WatchRequest, signal: AbortSignal): AsyncIterable<WatchEvent<T>>;
  readonly store: Store<T>;
  readonly clock: Clock;
  readonly log: Logger;
  /** 0 up to, not including, 1. */
  random(): number;
  /** What an operator does about a failure, for the log; must not throw. */
  remedyOf?(error: unknown): string | undefined;
  /** Told of each failure after it was logged, for metrics; must not throw. */
  onError?(error: unknown): void;
}

/** Source: client-go tools/cache/reflector.go. */
const BACKOFF: BackoffRange = { baseMs: 800, capMs: 30_000 };
const BACKOFF_RESET_MS = 120_000;
/** A server that refuses the same version more often than this, and is there to say so, may never get past it. */
const MAX_REFUSALS = 5;
/** A watch that ends sooner than this and brought nothing failed, whatever the server calls it. */
const SHORTEST_WATCH_MS = 1_000;

/**
 * Keeps a store equal to what the API server holds, by listing once and watching from there.
 *
 * Guarantees, for the life of the process:
 * - The store never goes back in time: every list is a consistent read, not `resourceVersion=0`, which may answer from
 *   an old cache after a restart.
 * - No change is lost across reconnects. Changes between a cut and a relist may collapse into one; what went meanwhile
 *   is told as deleted with the last state that was known.
 * - The store is swapped in one step when a list is complete. A list that ends half-way leaves the last good copy, and
 *   the version to watch from is that of a complete list or a later event, never that of a part.
 * - A broken connection, 429, 500, 502 and 503 cost a new watch from the same version, not a list; only 500, 502 and 503
 *   that come six times in a row, with no event in between, do.
 * - Every failure waits before the next try (full jitter, 0.8 s doubling to 30 s, and no less than a Retry-After up to
 *   that; from the start again after two quiet minutes). No failure ends the loop, only the signal does.
 * - A streaming list that the server refuses is replaced by a list in pages at once. After one that failed otherwise
 *   lists come in pages until one is complete, so that a server which never completes a streaming list is served too.
 *
 * The same event may come twice; the store makes no second change of it. A relist keeps each object that did not
 * change as it is, so memory does not grow with the number of relists.
 */
export class Reflector<T extends WatchedObject> {
  readonly #options: ReflectorOptions<T>;
  readonly #synced = Promise.withResolvers<void>();
  #hasSynced = false;
  /** Where the watch goes on; `undefined` asks for a list. */
  #version: string | undefined;
  /** Whether the next list is a streaming one; not after one that failed, until a list in pages is complete. */
  #streams = true;
  #failures = 0;
  /** How often in a row the server answered with trouble of its own since the last event or list. */
  #refusals = 0;
  readonly #quiet: QuietLog;
  #lastFailureMs = Number.NEGATIVE_INFINITY;

  constructor(options: ReflectorOptions<T>) {
    this.#options = options;
    this.#quiet = new QuietLog(options.clock);
  }

  get store(): ReadonlyStore<T> {
    return this.#options.store;
  }

  /** True from the end of the first complete list on. */
  hasSynced(): boolean {
    return this.#hasSynced;
  }

  /** Resolves at the end of the first complete list; rejects with the signal's reason when that aborts first. */
  async waitForSync(signal: AbortSignal): Promise<void> {
    await unlessAborted(this.#synced.promise, signal);
  }

  /** Lists and watches until `signal` aborts, then resolves; never rejects. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        if (this.#version === undefined) await this.#relist(signal);
        else await this.#watch({ resourceVersion: this.#version }, signal);
      } catch (error) {
        if (signal.aborted) return;
        await this.#recover(error, signal);
      }
    }
  }

  async #relist(signal: AbortSignal): Promise<void> {
    if (this.#streams) {
      try {
        return await this.#watch({ sendInitialEvents: true }, signal);
      } catch (error) {
        if (this.#version !== undefined) throw error; // the list was complete: it is the watch after it that failed
        this.#streams = false;
        if (!refusesStreamingList(error)) throw error;
        this.#options.log.debug('the server refuses a streaming list, listing in pages', { error });
      }
    }
    await this.#listInPages(signal);
  }

  async #listInPages(signal: AbortSignal): Promise<void> {
    const { list, store } = this.#options;
    const objects = new Map<string, T>();
    const version = await listPages((request) => list(request, signal), {
      take: (object) => objects.set(keyOf(object), store.heldOr(object)),
      restart: () => objects.clear(),
    });
    this.#adopt(objects, version);
  }

  async #watch(request: WatchRequest, signal: AbortSignal): Promise<void> {
    const startedMs = this.#options.clock.monotonicMs();
    const version = this.#version;
    let initial = request.sendInitialEvents ? new Map<string, T>() : undefined;
    for await (const event of this.#options.watch(request, signal)) {
      if (initial === undefined) this.#accept(event);
      else if (this.#collect(event, initial)) initial = undefined;
    }
    if (initial !== undefined) throw new IncompleteListError();
    const isShort = this.#options.clock.monotonicMs() - startedMs < SHORTEST_WATCH_MS;
    if (isShort && this.#version === version) throw new ShortWatchError();
  }

  /** Puts an event of a streaming list into `initial`; true once the list is complete and in the store. */
  #collect(event: WatchEvent<T>, initial: Map<string, T>): boolean {
    switch (event.type) {
      case 'ADDED':
      case 'MODIFIED':
        initial.set(keyOf(event.object), this.#options.store.heldOr(event.object));
        return false;
      case 'DELETED':
        initial.delete(keyOf(event.object));
        return false;
      case 'BOOKMARK':
        if (!completesList(event)) return false;
        this.#adopt(initial, event.object.metadata.resourceVersion);
        return true;
      case 'ERROR':
        throw new WatchStatusError(event.object);
      default:
        event satisfies never;
        return false;
    }
  }

  #adopt(objects: ReadonlyMap<string, T>, version: string): void {
    this.#options.store.replace(objects.values());
    this.#version = version;
    this.#streams = true;
    this.#hasSynced = true;
    this.#synced.resolve();
    this.#tellRecovery();
  }

  #tellRecovery(): void {
    this.#refusals = 0;
    if (this.#quiet.end()) this.#options.log.info('list and watch work again');
  }

  #accept(event: WatchEvent<T>): void {
    switch (event.type) {
      case 'ADDED':
      case 'MODIFIED':
        this.#options.store.set(event.object);
        break;
      case 'DELETED':
        this.#options.store.delete(keyOf(event.object));
        break;
      case 'BOOKMARK':
        break;
      case 'ERROR':
        throw new WatchStatusError(event.object);
      default:
        event satisfies never;
    }
    this.#version = event.object.metadata.resourceVersion ?? this.#version;
    this.#tellRecovery();
  }

  async #recover(error: unknown, signal: AbortSignal): Promise<void> {
    const { clock, random, onError } = this.#options;
    const isExpired = statusOf(error) === 410;
    if ((statusOf(error) ?? 0) >= 500) this.#refusals += 1;
    const resumes = this.#version !== undefined && canResume(error) && this.#refusals <= MAX_REFUSALS;
    if (!resumes) this.#version = undefined;
    const nowMs = clock.monotonicMs();
    if (nowMs - this.#lastFailureMs > BACKOFF_RESET_MS) this.#failures = 0;
    this.#failures += 1;
    this.#lastFailureMs = nowMs;
    const waitMs = Math.max(backoffMs(this.#failures, BACKOFF, random), Math.min(retryAfterOf(error), BACKOFF.capMs));
    this.#logFailure(error, { resumes, waitMs }, isExpired || error instanceof ShortWatchError);
    onError?.(error);
    // Only an abort rejects here, and the loop sees that by itself.
    await sleep(clock, waitMs, signal).catch(() => undefined);
  }

  /** A fault that stays is worth a line when it begins and one a minute, not one a try. */
  #logFailure(error: unknown, fields: LogFields, isUsual: boolean): void {
    const { log, remedyOf } = this.#options;
    if (isUsual) return log.debug('watch ended early', { error, ...fields });
    const text = error instanceof Error ? error.message : String(error);
    const remedy = remedyOf?.(error);
    const level = this.#quiet.isDue(text) ? 'warn' : 'debug';
    log[level]('list or watch failed', { error, ...(remedy === undefined ? {} : { remedy }), ...fields });
  }
}
