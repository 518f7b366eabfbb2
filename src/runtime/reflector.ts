import { type Clock, sleep } from '../base/clock.ts';
import type { LogFields, Logger } from '../base/logger.ts';
import { QuietLog } from '../base/quiet-log.ts';
import { type BackoffRange, backoffMs } from './backoff.ts';
import type { ReadonlyStore, Store } from './store.ts';
import { keyOf, type ListPage, type WatchEvent, type WatchedObject } from './watched-object.ts';

/*
 *            +--------- version gone (410), or an answer that a resume cannot mend ---------+
 *            v                                                                              |
 *   list page by page --> swap the store --> watch from the list's version --> events move the version
 *            ^                                   ^                                          |
 *            +-- back-off -- failure             +---- ended, cut, 429, 5xx: same version --+
 */

/** One page asked for: `limit` absent asks for everything at once. */
export interface ListRequest {
  readonly limit?: number;
  readonly continueToken?: string;
}

export interface WatchRequest {
  readonly resourceVersion: string;
}

export interface ReflectorOptions<T extends WatchedObject> {
  /** Reads one page. An HTTP answer that is an error is thrown with its code as the property `status`. */
  list(request: ListRequest, signal: AbortSignal): Promise<ListPage<T>>;
  /** Watches with bookmarks; ends when the server ends it, throws when the connection breaks or `signal` aborts. */
  watch(request: WatchRequest, signal: AbortSignal): AsyncIterable<WatchEvent<T>>;
  readonly store: Store<T>;
  readonly clock: Clock;
  readonly log: Logger;
  /** 0 up to, not including, 1. */
  random(): number;
  /** What an operator does about a failure, for the log. */
  remedyOf?(error: unknown): string | undefined;
  /** Told of each failure after it was logged, for metrics. */
  onError?(error: unknown): void;
}

/** Objects in one page, as client-go and kubectl ask for. */
const PAGE_SIZE = 500;
/** Source: client-go tools/cache/reflector.go. */
const BACKOFF: BackoffRange = { baseMs: 800, capMs: 30_000 };
const BACKOFF_RESET_MS = 120_000;
/** A watch that ends sooner than this failed, whatever the server calls it. */
const SHORTEST_WATCH_MS = 1_000;

/**
 * Keeps a store equal to what the API server holds, by listing once and watching from there.
 *
 * Guarantees, for the life of the process: the store never goes back in time (every list is a consistent read, not
 * `resourceVersion=0`, which may answer from an old cache after a restart); no change is lost across reconnects, though
 * changes between a cut and a relist may collapse into one; the store is swapped in one step when a list is complete, so
 * a list that fails half-way leaves the last good copy; every failure waits before the next try, and no failure ends
 * the loop, only the signal does. The same event may come twice; the store makes no second change of it.
 */
export class Reflector<T extends WatchedObject> {
  readonly #options: ReflectorOptions<T>;
  readonly #synced = Promise.withResolvers<void>();
  #hasSynced = false;
  /** Where the watch goes on; `undefined` asks for a list. */
  #version: string | undefined;
  #failures = 0;
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
    signal.throwIfAborted();
    const aborted = Promise.withResolvers<never>();
    const onAbort = () => aborted.reject(signal.reason);
    signal.addEventListener('abort', onAbort, { once: true });
    try {
      await Promise.race([this.#synced.promise, aborted.promise]);
    } finally {
      signal.removeEventListener('abort', onAbort);
    }
  }

  /** Lists and watches until `signal` aborts, then resolves; never rejects. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        if (this.#version === undefined) await this.#relist(signal);
        else await this.#watch(this.#version, signal);
      } catch (error) {
        if (signal.aborted) return;
        await this.#recover(error, signal);
      }
    }
  }

  async #relist(signal: AbortSignal): Promise<void> {
    const { items, resourceVersion } = await this.#listAll(signal);
    this.#options.store.replace(items);
    this.#version = resourceVersion;
    this.#hasSynced = true;
    this.#synced.resolve();
    this.#tellRecovery();
  }

  async #listAll(signal: AbortSignal): Promise<{ items: readonly T[]; resourceVersion: string }> {
    const items: T[] = [];
    let page = await this.#options.list({ limit: PAGE_SIZE }, signal);
    items.push(...page.items);
    while (page.continueToken !== undefined && page.continueToken !== '') {
      try {
        page = await this.#options.list({ limit: PAGE_SIZE, continueToken: page.continueToken }, signal);
      } catch (error) {
        if (statusOf(error) !== 410) throw error;
        // The token outlived its snapshot; pages that are slower than that would expire for ever.
        return this.#options.list({}, signal);
      }
      items.push(...page.items);
    }
    return { items, resourceVersion: page.resourceVersion };
  }

  async #watch(resourceVersion: string, signal: AbortSignal): Promise<void> {
    const startedMs = this.#options.clock.monotonicMs();
    for await (const event of this.#options.watch({ resourceVersion }, signal)) this.#accept(event);
    if (this.#options.clock.monotonicMs() - startedMs < SHORTEST_WATCH_MS) throw new ShortWatchError();
  }

  #tellRecovery(): void {
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
    const resumes = this.#version !== undefined && canResume(error);
    if (!resumes) this.#version = undefined;
    const nowMs = clock.monotonicMs();
    if (nowMs - this.#lastFailureMs > BACKOFF_RESET_MS) this.#failures = 0;
    this.#failures += 1;
    this.#lastFailureMs = nowMs;
    const waitMs = backoffMs(this.#failures, BACKOFF, random);
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

/** The body of an `ERROR` event, thrown like an HTTP answer with the same code. */
class WatchStatusError extends Error {
  readonly status: number | undefined;

  constructor({ code, reason, message }: { code?: number; reason?: string; message?: string }) {
    super(message ?? reason ?? 'the API server ended the watch with an error');
    this.name = 'WatchStatusError';
    this.status = code;
  }
}

class ShortWatchError extends Error {
  override readonly name = 'ShortWatchError';

  constructor() {
    super('the API server ended the watch at once');
  }
}

/**
 * Whether the version is still good after `error`: yes for a broken connection (no status), 429 and a server in
 * trouble; no for 410, for 504 (which "too large resource version" comes as) and for anything not understood.
 */
function canResume(error: unknown): boolean {
  const status = statusOf(error);
  return status === undefined ? !(error instanceof WatchStatusError) : [429, 500, 502, 503].includes(status);
}

function statusOf(error: unknown): number | undefined {
  if (typeof error !== 'object' || error === null || !('status' in error)) return undefined;
  return typeof error.status === 'number' ? error.status : undefined;
}
