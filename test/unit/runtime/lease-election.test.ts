import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Clock } from '../../../src/base/clock.ts';
import { silentLogger } from '../../../src/base/logger.ts';
import type { LeaseRecord, LeaseStore, StoredLease } from '../../../src/runtime/lease.ts';
import { LeaseElection, LeaseLostError } from '../../../src/runtime/lease-election.ts';
import { ManualClock, settle } from '../../support/manual-clock.ts';
import { recordingLogger } from '../../support/recording-logger.ts';

const TIMING = { durationMs: 15_000, renewDeadlineMs: 10_000, retryMs: 2_000 };

test('the first replica leads at once, and renews with one write every two seconds', async () => {
  const { clock, lock, replica } = world();
  const first = replica('a');
  await first.acquire();
  expect(first.election.isFresh()).toBe(true);
  first.keep();
  lock.requests.length = 0;
  await clock.advance(20_000);
  expect(lock.requests).toEqual(Array(10).fill('replace'));
  expect(lock.record).toMatchObject({ holder: 'a', durationSeconds: 15, transitions: 0 });
});

test('a second replica waits while the first renews, and never writes', async () => {
  const { clock, lock, replica } = world();
  const first = replica('a');
  await first.acquire();
  first.keep();
  const second = replica('b');
  const acquired = second.acquire();
  await clock.advance(600_000);
  expect(second.election.isFresh()).toBe(false);
  expect(lock.record?.holder).toBe('a');
  second.stop();
  await expect(acquired).rejects.toThrow('stopped');
});

test('a lease that was released is taken within two tries', async () => {
  const { clock, lock, replica } = world();
  const first = replica('a');
  await first.acquire();
  first.keep();
  const second = replica('b');
  const acquired = second.acquire();
  await clock.advance(5_000);
  first.stop();
  await first.election.release(new AbortController().signal);
  expect(first.election.isFresh()).toBe(false);
  await clock.advance(2 * TIMING.retryMs * 1.2);
  await acquired;
  expect(lock.record).toMatchObject({ holder: 'b', transitions: 1 });
});

test('a leader that died is followed once its lease was seen unchanged for its whole duration', async () => {
  const { clock, replica } = world();
  const first = replica('a');
  await first.acquire(); // and is killed: it never renews
  const second = replica('b');
  const acquired = second.acquire();
  await clock.advance(14_000);
  expect(second.election.isFresh()).toBe(false);
  await clock.advance(15_000 - 14_000 + 2 * TIMING.retryMs * 1.2);
  await acquired;
  expect(second.election.isFresh()).toBe(true);
});

test('a leader that cannot reach the lease stops counting itself one at the deadline, before anybody can take it', async () => {
  const { clock, lock, replica } = world();
  const first = replica('a');
  await first.acquire();
  const kept = first.keep();
  await clock.advance(4_000);
  lock.fault = 'Refuse';
  await clock.advance(9_999);
  expect(first.election.isFresh()).toBe(true);
  await clock.advance(1);
  expect(() => first.election.requireFresh()).toThrow(LeaseLostError);
  await clock.advance(TIMING.retryMs);
  await expect(kept).resolves.toBeUndefined();
});

test('a renewal that hangs does not keep a lost lease alive', async () => {
  const { clock, lock, replica } = world();
  const first = replica('a');
  await first.acquire();
  const kept = first.keep();
  lock.fault = 'Hang';
  await clock.advance(TIMING.renewDeadlineMs + TIMING.retryMs);
  await expect(kept).resolves.toBeUndefined();
});

test('a process that stood still finds itself stale before it does anything else, and asks for nothing', async () => {
  const { clock, lock, replica } = world();
  const first = replica('a');
  await first.acquire();
  const kept = first.keep();
  first.clock.stall();
  await clock.advance(11_000);
  lock.requests.length = 0;
  expect(first.election.isFresh()).toBe(false);
  first.clock.resume();
  await clock.advance(TIMING.retryMs);
  await kept;
  expect(lock.requests).toEqual([]);
});

test('a leader that finds another in its place stops at once', async () => {
  const { clock, lock, replica } = world();
  const first = replica('a');
  await first.acquire();
  const kept = first.keep();
  lock.overwrite({ ...(lock.record as LeaseRecord), holder: 'b', transitions: 1 });
  await clock.advance(TIMING.retryMs);
  await kept;
  expect(first.election.isFresh()).toBe(false);
  expect(lock.record?.holder).toBe('b');
});

test('a lease that somebody labelled, and nobody took, is still ours', async () => {
  const { clock, lock, replica } = world();
  const first = replica('a');
  await first.acquire();
  first.keep();
  lock.overwrite(lock.record as LeaseRecord);
  await clock.advance(TIMING.renewDeadlineMs * 2);
  expect(first.election.isFresh()).toBe(true);
});

test('a renewal whose answer was lost is not taken for another leader', async () => {
  const { clock, lock, replica } = world();
  const first = replica('a');
  await first.acquire();
  first.keep();
  lock.fault = 'LoseAnswer';
  await clock.advance(TIMING.retryMs);
  lock.fault = 'None';
  await clock.advance(TIMING.renewDeadlineMs * 2);
  expect(first.election.isFresh()).toBe(true);
  expect(lock.record).toMatchObject({ holder: 'a', transitions: 0 });
});

test('a store that refuses is told once a minute, with what to do about it', async () => {
  const clock = new ManualClock();
  const lock = new MemoryLock();
  lock.fault = 'Refuse';
  const log = recordingLogger();
  const options = { store: lock, identity: 'a', timing: TIMING, clock, random: () => 0.5, log };
  const election = new LeaseElection({ ...options, remedyOf: () => 'apply the Role' });
  const stopping = new AbortController();
  const acquired = election.acquire(stopping.signal);
  await clock.advance(130_000);
  const told = log.lines.filter(({ message, level }) => message === 'could not reach the lease' && level === 'warn');
  expect(told.map(({ fields }) => fields?.remedy)).toEqual(Array(3).fill('apply the Role'));
  stopping.abort(new Error('stopped'));
  await expect(acquired).rejects.toThrow('stopped');
});

test('two replicas never both find themselves fresh, whatever stalls, faults and releases come', async () => {
  const step = fc.record({
    ms: fc.integer({ min: 1, max: 9_000 }),
    what: fc.constantFrom('pass', 'stall a', 'resume a', 'stall b', 'resume b', 'refuse', 'hang', 'lose', 'heal'),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 40 }), async (steps) => {
      const { clock, lock, replica } = world();
      const replicas = [replica('a'), replica('b')];
      for (const one of replicas) void one.compete();
      await settle();
      for (const { ms, what } of steps) {
        apply(what, replicas, lock);
        for (let left = ms; left > 0; left -= 250) {
          await clock.advance(Math.min(250, left));
          expect(replicas.filter(({ election }) => election.isFresh()).length).toBeLessThanOrEqual(1);
        }
      }
      for (const one of replicas) one.stop();
      lock.fault = 'None';
      await clock.advance(60_000);
    }),
    { numRuns: 200 },
  );
});

function apply(what: string, replicas: readonly ReturnType<ReturnType<typeof world>['replica']>[], lock: MemoryLock) {
  const one = replicas[what.endsWith('b') ? 1 : 0];
  if (what.startsWith('stall')) one?.clock.stall();
  if (what.startsWith('resume')) one?.clock.resume();
  if (what === 'refuse') lock.fault = 'Refuse';
  if (what === 'hang') lock.fault = 'Hang';
  if (what === 'lose') lock.fault = 'LoseAnswer';
  if (what === 'heal') lock.fault = 'None';
}

function world() {
  const clock = new ManualClock();
  const lock = new MemoryLock();
  const replica = (identity: string) => {
    const own = new StallingClock(clock);
    const stopping = new AbortController();
    const options = { store: lock, identity, timing: TIMING, clock: own, random: () => 0.5, log: silentLogger };
    let election = new LeaseElection(options);
    return {
      clock: own,
      get election() {
        return election;
      },
      acquire: () => election.acquire(stopping.signal),
      keep() {
        const kept = election.keep(stopping.signal);
        kept.catch(() => undefined);
        return kept;
      },
      /** As a process does that starts again whenever it lost the lease. */
      async compete() {
        try {
          for (;;) {
            await election.acquire(stopping.signal);
            await election.keep(stopping.signal);
            election = new LeaseElection(options);
          }
        } catch {
          // stopped
        }
      },
      stop: () => stopping.abort(new Error('stopped')),
    };
  };
  return { clock, lock, replica };
}

/** A lock that behaves as the API server does: one version at a time, writes against an old one are conflicts. */
class MemoryLock implements LeaseStore {
  readonly requests: string[] = [];
  fault: 'None' | 'Refuse' | 'Hang' | 'LoseAnswer' = 'None';
  #stored: StoredLease | undefined;
  #version = 0;

  get record(): LeaseRecord | undefined {
    return this.#stored?.record;
  }

  overwrite(record: LeaseRecord): StoredLease {
    this.#version += 1;
    this.#stored = { record, version: String(this.#version) };
    return this.#stored;
  }

  async read(signal: AbortSignal): Promise<StoredLease | undefined> {
    await this.#serve('read', signal);
    return this.#stored;
  }

  async create(record: LeaseRecord, signal: AbortSignal): Promise<StoredLease | 'Conflict'> {
    await this.#serve('create', signal);
    return this.#answer(this.#stored === undefined ? this.overwrite(record) : 'Conflict');
  }

  async replace(version: string, record: LeaseRecord, signal: AbortSignal): Promise<StoredLease | 'Conflict'> {
    await this.#serve('replace', signal);
    return this.#answer(this.#stored?.version === version ? this.overwrite(record) : 'Conflict');
  }

  async #serve(request: string, signal: AbortSignal): Promise<void> {
    this.requests.push(request);
    if (this.fault === 'Refuse') throw new Error('connection refused');
    if (this.fault === 'Hang')
      await new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
  }

  #answer<T>(answer: T): T {
    if (this.fault === 'LoseAnswer') throw new Error('connection reset');
    return answer;
  }
}

/** The clock of a process that can stand still: time goes on, and timers fire only once it goes on too. */
class StallingClock implements Clock {
  readonly #clock: Clock;
  #due: (() => void)[] | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  stall(): void {
    this.#due ??= [];
  }

  resume(): void {
    const due = this.#due ?? [];
    this.#due = undefined;
    for (const callback of due) callback();
  }

  now(): number {
    return this.#clock.now();
  }

  monotonicMs(): number {
    return this.#clock.monotonicMs();
  }

  after(delayMs: number, callback: () => void): () => void {
    let cancelled = false;
    const cancel = this.#clock.after(delayMs, () => {
      const run = () => cancelled || callback();
      if (this.#due === undefined) run();
      else this.#due.push(run);
    });
    return () => {
      cancelled = true;
      cancel();
    };
  }
}
