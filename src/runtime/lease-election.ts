import { type Clock, sleep } from '../base/clock.ts';
import { TransientError } from '../base/errors.ts';
import type { Logger } from '../base/logger.ts';
import { QuietLog } from '../base/quiet-log.ts';
import type { Leadership } from './leadership.ts';
import type { LeaseRecord, LeaseStore, StoredLease } from './lease.ts';

declare module '../base/errors.ts' {
  interface ReasonRegister {
    NotLeader: 'Transient';
  }
}

export interface LeaseElectionOptions {
  readonly store: LeaseStore;
  /** Tells this replica from all others, and from itself before a restart. */
  readonly identity: string;
  readonly timing: LeaseTiming;
  readonly clock: Clock;
  random(): number;
  readonly log: Logger;
  /** What an operator does about a fault of the store, for the log. */
  remedyOf?(error: unknown): string | undefined;
}

export interface LeaseTiming {
  /** How long others leave the lock alone after they last saw it change. */
  readonly durationMs: number;
  /** How long the leader counts itself one after it last began a renewal that succeeded. Less than `durationMs`. */
  readonly renewDeadlineMs: number;
  /** Between two tries to get or renew the lock. */
  readonly retryMs: number;
}

/**
 * Times for a lease of `durationMs`, in the proportions of controller-runtime's defaults: 15 s, 10 s and 2 s. The third
 * between deadline and end is what a write has that was begun at the last moment.
 */
export function leaseTiming(durationMs: number): LeaseTiming {
  return { durationMs, renewDeadlineMs: (durationMs * 2) / 3, retryMs: (durationMs * 2) / 15 };
}

/** The lease is not ours any more, or may not be: nothing may be written. */
export class LeaseLostError extends TransientError {
  constructor(message: string) {
    super('NotLeader', message);
  }
}

/**
 * Makes one of several replicas the leader, by a lock that each tries to take and the leader renews.
 *
 * ```
 *  acquire() ── nobody holds it, or no change seen for durationMs ──> leading ── keep() ──> lost
 *      ^                                                                 │
 *      └── somebody else holds it: look again                            └── release(): the next may take it at once
 * ```
 *
 * Guarantees, however wrong the clocks of the machines are: time is judged by this process's monotonic clock alone, from
 * the moment a renewal was *sent*, and from the moment a change of another's was *seen*. As long as `renewDeadlineMs` is
 * less than `durationMs`, two replicas never both find themselves fresh. A process that stood still finds itself stale at
 * its next look, before it does anything else. A lease that was lost is not taken again by the same election. A lock that
 * somebody deleted is made anew by its leader, and left alone for its time by whoever had seen it; only a replica that
 * starts in between and never saw it may lead beside the old one, for the time between two renewals.
 * Source: client-go, tools/leaderelection.
 */
export class LeaseElection implements Leadership {
  readonly #options: LeaseElectionOptions;
  readonly #timing: LeaseTiming;
  readonly #quiet: QuietLog;
  /** The lock as last seen, and when a change of it was last seen. */
  #seen: { readonly lease: StoredLease; readonly atMs: number } | undefined;
  /** When the last renewal that succeeded was sent; `undefined` while another leads. */
  #renewedAtMs: number | undefined;

  constructor(options: LeaseElectionOptions) {
    this.#options = options;
    this.#timing = options.timing;
    this.#quiet = new QuietLog(options.clock);
  }

  /** Whether this replica leads and may begin a write now. */
  isFresh(): boolean {
    if (this.#renewedAtMs === undefined) return false;
    return this.#options.clock.monotonicMs() - this.#renewedAtMs < this.#timing.renewDeadlineMs;
  }

  /** Throws `LeaseLostError` unless this replica leads and may begin a write now. */
  requireFresh(): void {
    if (!this.isFresh())
      throw new LeaseLostError('this replica is not the leader, or has not renewed its lease in time');
  }

  /** Resolves once this replica leads; tries for ever. Rejects with the signal's reason when that aborts. */
  async acquire(signal: AbortSignal): Promise<void> {
    const { clock, random, log, identity } = this.#options;
    let holder: string | undefined;
    for (;;) {
      await this.#attempt(signal);
      signal.throwIfAborted();
      if (this.isFresh()) break; // a lock that took longer to get than it holds is renewed first
      const now = this.#seen?.lease.record.holder;
      if (now !== holder) log.info('waiting for the lease', { holder: now });
      holder = now;
      await sleep(clock, this.#timing.retryMs * (1 + 0.2 * random()), signal);
    }
    log.info('leading', { identity });
  }

  /**
   * Renews the lease for as long as that works; resolves once it is lost. Rejects with the signal's reason when that
   * aborts: then the lease is still held, and may be released.
   */
  async keep(signal: AbortSignal): Promise<void> {
    const { clock, log } = this.#options;
    while (this.isFresh()) {
      await sleep(clock, this.#timing.retryMs, signal);
      await this.#renewInTime(signal);
      signal.throwIfAborted();
    }
    this.#renewedAtMs = undefined;
    log.error('lease lost', { holder: this.#seen?.lease.record.holder });
  }

  /** Gives the lease up, so that another replica need not wait for its end. Nothing may be written after this. Never rejects. */
  async release(signal: AbortSignal): Promise<void> {
    const lease = this.#seen?.lease;
    const led = this.isFresh();
    this.#renewedAtMs = undefined;
    if (!led || lease === undefined) return;
    const { log } = this.#options;
    try {
      const isReleased = await this.#giveUp(lease, signal);
      log.info(isReleased ? 'lease released' : 'lease was taken before it was released');
    } catch (error) {
      log.warn('could not release the lease, the next leader waits for its end', { error });
    }
  }

  /** False when the lock is somebody else's. Ours may be at another version: a renewal that was cut off may have been done. */
  async #giveUp(lease: StoredLease, signal: AbortSignal): Promise<boolean> {
    const { store, clock, identity } = this.#options;
    const empty = { holder: '', durationSeconds: 1, renewedAtMs: clock.now() };
    const answer = await store.replace(lease.version, { ...lease.record, ...empty }, signal);
    if (answer !== 'Conflict') return true;
    const current = await store.read(signal);
    if (current?.record.holder !== identity) return false;
    return (await store.replace(current.version, { ...current.record, ...empty }, signal)) !== 'Conflict';
  }

  /** One renewal that ends, for good or ill, no later than the lease does. */
  async #renewInTime(signal: AbortSignal): Promise<void> {
    const { clock } = this.#options;
    const leftMs =
      this.#timing.renewDeadlineMs - (clock.monotonicMs() - (this.#renewedAtMs ?? Number.NEGATIVE_INFINITY));
    if (leftMs <= 0) return; // whoever stood still for so long must not even ask: another may lead by now
    const limit = new AbortController();
    const cancel = clock.after(leftMs, () => limit.abort(new LeaseLostError('the lease was not renewed in time')));
    try {
      await this.#attempt(AbortSignal.any([signal, limit.signal]));
    } finally {
      cancel();
    }
  }

  /** One try to take or renew the lock. Faults are told and count as one in vain. */
  async #attempt(signal: AbortSignal): Promise<void> {
    const { clock } = this.#options;
    const sentAtMs = clock.monotonicMs();
    try {
      const answer = (await this.#renewUnread(signal)) ?? (await this.#readAndClaim(signal));
      this.#quiet.end();
      if (answer === undefined) return;
      this.#see(answer);
      this.#renewedAtMs = sentAtMs;
    } catch (error) {
      if (!signal.aborted) this.#tell(error);
    }
  }

  #tell(error: unknown): void {
    const { log, remedyOf } = this.#options;
    const remedy = remedyOf?.(error);
    const level = this.#quiet.isDue(error instanceof Error ? error.message : String(error)) ? 'warn' : 'debug';
    log[level]('could not reach the lease', { error, ...(remedy === undefined ? {} : { remedy }) });
  }

  /** The leader's usual renewal: one write over what it wrote last. `undefined` when somebody else wrote meanwhile. */
  async #renewUnread(signal: AbortSignal): Promise<StoredLease | undefined> {
    const lease = this.isFresh() ? this.#seen?.lease : undefined;
    const record = this.#claim(lease);
    if (lease === undefined || record === undefined) return undefined;
    const answer = await this.#options.store.replace(lease.version, record, signal);
    return answer === 'Conflict' ? undefined : answer;
  }

  async #readAndClaim(signal: AbortSignal): Promise<StoredLease | undefined> {
    const { store } = this.#options;
    const current = await store.read(signal);
    if (current !== undefined) this.#see(current);
    const record = this.#claim(current);
    if (record === undefined) return undefined;
    const answer =
      current === undefined ? await store.create(record, signal) : await store.replace(current.version, record, signal);
    return answer === 'Conflict' ? undefined : answer;
  }

  /** The record to write; `undefined` when the lock must be left to somebody else. */
  #claim(current: StoredLease | undefined): LeaseRecord | undefined {
    const { identity, clock } = this.#options;
    const now = clock.now();
    // Kubernetes counts whole seconds; a longer time only keeps the others away for longer.
    const mine = { holder: identity, durationSeconds: Math.ceil(this.#timing.durationMs / 1000), renewedAtMs: now };
    if (current === undefined) {
      return this.#mayHaveLeader() ? undefined : { ...mine, acquiredAtMs: now, transitions: 0 };
    }
    const { record } = current;
    if (record.holder === identity)
      return { ...mine, acquiredAtMs: record.acquiredAtMs, transitions: record.transitions };
    if (this.#renewedAtMs !== undefined) {
      this.#renewedAtMs = undefined; // another leads: what this replica was about to write is not its to write any more
      return undefined;
    }
    if (this.#mayHaveLeader()) return undefined;
    return { ...mine, acquiredAtMs: now, transitions: record.transitions + 1 };
  }

  #see(lease: StoredLease): void {
    if (this.#seen?.lease.version === lease.version) return;
    this.#seen = { lease, atMs: this.#options.clock.monotonicMs() };
  }

  /**
   * Whether another replica may still count itself leader, by the lock as last seen. Its time is no less than ours,
   * whatever stands in the lock: somebody may have changed or removed it there.
   */
  #mayHaveLeader(): boolean {
    const { clock, identity } = this.#options;
    if (this.#seen === undefined) return false;
    const { lease, atMs } = this.#seen;
    if (lease.record.holder === '' || lease.record.holder === identity) return false;
    return clock.monotonicMs() - atMs < Math.max(lease.record.durationSeconds * 1000, this.#timing.durationMs);
  }
}
