import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Clock, sleep } from '../../../src/base/clock.ts';
import { silentLogger } from '../../../src/base/logger.ts';
import type { LeaseRecord, LeaseStore, StoredLease } from '../../../src/runtime/lease.ts';
import { LeaseElection, LeaseLostError, leaseTiming } from '../../../src/runtime/lease-election.ts';
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

test('a lease that somebody deleted is made anew by its leader, and taken by no replica that had seen it', async () => {
  const { clock, lock, replica } = world();
  const first = replica('a');
  await first.acquire();
  const second = replica('b');
  void second.acquire().catch(() => undefined);
  await clock.advance(2_000);
  first.keep();
  lock.remove();
  await clock.advance(1_999);
  expect([lock.record, second.election.isFresh()]).toEqual([undefined, false]);
  await clock.advance(1);
  expect(lock.record?.holder).toBe('a');
  first.stop();
  lock.remove();
  await clock.advance(TIMING.durationMs - 2 * TIMING.retryMs * 1.2);
  expect(second.election.isFresh()).toBe(false);
  await clock.advance(4 * TIMING.retryMs * 1.2);
  expect(second.election.isFresh()).toBe(true);
  second.stop();
});

test.each([0, 1])(
  'a lease in which somebody set the duration to %d s is held for as long as we would hold it',
  async (given) => {
    const { clock, lock, replica } = world();
    const first = replica('a');
    await first.acquire(); // and cannot reach the API server from now on
    lock.overwrite({ ...(lock.record as LeaseRecord), durationSeconds: given });
    const second = replica('b');
    void second.acquire().catch(() => undefined);
    await clock.advance(TIMING.renewDeadlineMs - 1);
    expect([first.election.isFresh(), second.election.isFresh()]).toEqual([true, false]);
    await clock.advance(TIMING.durationMs);
    expect(second.election.isFresh()).toBe(true);
    second.stop();
  },
);

test('a lease that names a longer time than ours is left alone for that time', async () => {
  const { clock, lock, replica } = world();
  lock.overwrite({ holder: 'x', durationSeconds: 60, acquiredAtMs: 0, renewedAtMs: 0, transitions: 0 });
  const first = replica('a');
  void first.acquire().catch(() => undefined);
  await clock.advance(59_999);
  expect(first.election.isFresh()).toBe(false);
  await clock.advance(2 * TIMING.retryMs * 1.2);
  expect(first.election.isFresh()).toBe(true);
  first.stop();
});

test('a lease that was released while a renewal was under way is given up all the same', async () => {
  const { clock, lock, replica } = world();
  const first = replica('a');
  await first.acquire();
  first.keep();
  lock.fault = 'HangAfterwards';
  await clock.advance(TIMING.retryMs);
  lock.fault = 'None';
  first.stop();
  await settle();
  await first.election.release(new AbortController().signal);
  expect(lock.record?.holder).toBe('');
});

test('a lease that another took while a renewal was under way is left to it', async () => {
  const { clock, lock, replica } = world();
  const first = replica('a');
  await first.acquire();
  first.keep();
  lock.fault = 'Hang';
  await clock.advance(TIMING.retryMs);
  lock.fault = 'None';
  lock.overwrite({ ...(lock.record as LeaseRecord), holder: 'b' });
  first.stop();
  await settle();
  await first.election.release(new AbortController().signal);
  expect(lock.record?.holder).toBe('b');
});

test('a replica that got the lease by an answer older than a leader may be renews it before it leads', async () => {
  const { clock, lock, replica } = world();
  const first = replica('a');
  lock.answerAfter = () => sleep(clock, TIMING.renewDeadlineMs / 2, new AbortController().signal);
  let leads = false;
  const acquired = first.acquire().then(() => {
    leads = true;
  });
  await clock.advance(TIMING.renewDeadlineMs);
  expect([lock.record?.holder, leads]).toEqual(['a', false]);
  lock.answerAfter = async () => undefined;
  await clock.advance(TIMING.retryMs * 1.2);
  await acquired;
  expect(first.election.isFresh()).toBe(true);
});

test('a leader counts itself one for two thirds of its lease, and tries five times in that', () => {
  expect(leaseTiming(15_000)).toEqual(TIMING);
});

test('a lease is written with whole seconds, which is all that Kubernetes counts', async () => {
  const { clock, lock } = world();
  const timing = leaseTiming(7_500);
  const options = { store: lock, identity: 'a', timing, clock, random: () => 0.5, log: silentLogger };
  await new LeaseElection(options).acquire(new AbortController().signal);
  expect(lock.record?.durationSeconds).toBe(8);
});

test('two replicas never both find themselves fresh, whatever stalls, faults and releases come', async () => {
  const step = fc.record({
    ms: fc.integer({ min: 1, max: 9_000 }),
    what: fc.constantFrom(...STEPS),
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

const STEPS = ['pass', 'stall a', 'resume a', 'stall b', 'resume b', 'refuse', 'hang', 'lose', 'heal', 'shorten'];

function apply(what: string, replicas: readonly ReturnType<ReturnType<typeof world>['replica']>[], lock: MemoryLock) {
  const one = replicas[what.endsWith('b') ? 1 : 0];
  if (what.startsWith('stall')) one?.clock.stall();
  if (what.startsWith('resume')) one?.clock.resume();
  if (what === 'refuse') lock.fault = 'Refuse';
  if (what === 'hang') lock.fault = 'Hang';
  if (what === 'lose') lock.fault = 'LoseAnswer';
  if (what === 'heal') lock.fault = 'None';
  if (what === 'shorten') lock.overwrite({ ...(lock.record as LeaseRecord), durationSeconds: 0 });
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
  fault: 'None' | 'Refuse' | 'Hang' | 'HangAfterwards' | 'LoseAnswer' = 'None';
  answerAfter: () => Promise<void> = async () => undefined;
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

  remove(): void {
    this.#stored = undefined;
  }

  async read(signal: AbortSignal): Promise<StoredLease | undefined> {
    await this.#serve('read', signal);
    return this.#stored;
  }

  async create(record: LeaseRecord, signal: AbortSignal): Promise<StoredLease | 'Conflict'> {
    await this.#serve('create', signal);
    return this.#answer(this.#stored === undefined ? this.overwrite(record) : 'Conflict', signal);
  }

  async replace(version: string, record: LeaseRecord, signal: AbortSignal): Promise<StoredLease | 'Conflict'> {
    await this.#serve('replace', signal);
    return this.#answer(this.#stored?.version === version ? this.overwrite(record) : 'Conflict', signal);
  }

  async #serve(request: string, signal: AbortSignal): Promise<void> {
    this.requests.push(request);
    if (this.fault === 'Refuse') throw new Error('connection refused');
    if (this.fault === 'Hang') await aborted(signal);
    await this.answerAfter();
  }

  async #answer<T>(answer: T, signal: AbortSignal): Promise<T> {
    if (this.fault === 'HangAfterwards') await aborted(signal);
    if (this.fault === 'LoseAnswer') throw new Error('connection reset');
    return answer;
  }
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason), { once: true }));
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
