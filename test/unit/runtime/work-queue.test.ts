import fc from 'fast-check';
import { expect, test } from 'vitest';
import { noMetrics, type QueueState } from '../../../src/runtime/metrics.ts';
import { WorkQueue } from '../../../src/runtime/work-queue.ts';
import { ManualClock, settle } from '../../support/manual-clock.ts';

const never = new AbortController().signal;

function newQueue(random = () => 0.5) {
  const clock = new ManualClock();
  return { clock, queue: new WorkQueue({ clock, metrics: noMetrics, random }) };
}

/** All keys that wait now, taken and done one after another. */
async function drain(queue: WorkQueue): Promise<string[]> {
  const keys: string[] = [];
  while (queue.depth > 0) {
    const key = await queue.get(never);
    if (key === undefined) break;
    keys.push(key);
    queue.done(key);
  }
  return keys;
}

test('work queue collapses a burst of adds of one key into one', async () => {
  const { queue } = newQueue();
  for (const key of ['a', 'b', 'a', 'a', 'b']) queue.add(key);
  expect(await drain(queue)).toEqual(['a', 'b']);
});

test('work queue brings back a key that was added while it was worked on, after it is done', async () => {
  const { queue } = newQueue();
  queue.add('a');
  await queue.get(never);
  queue.add('a');
  queue.add('a');
  expect(queue.depth).toBe(0);
  queue.done('a');
  expect(await drain(queue)).toEqual(['a']);
});

test('work queue hands a key at once to the taker that waited longest', async () => {
  const { queue } = newQueue();
  const first = queue.get(never);
  const second = queue.get(never);
  queue.add('a');
  queue.add('b');
  expect(await Promise.all([first, second])).toEqual(['a', 'b']);
});

test('work queue forgets a taker whose signal aborted', async () => {
  const { queue } = newQueue();
  const leaving = new AbortController();
  const left = queue.get(leaving.signal);
  const stayed = queue.get(never);
  leaving.abort(new Error('left'));
  queue.add('a');
  await expect(left).rejects.toThrow('left');
  expect(await stayed).toBe('a');
});

test('work queue adds a key at the earlier of two times', async () => {
  const { clock, queue } = newQueue();
  queue.addAfter('a', 1_000);
  queue.addAfter('a', 300);
  queue.addAfter('a', 600);
  await clock.advance(299);
  expect(queue.depth).toBe(0);
  await clock.advance(1);
  expect(await drain(queue)).toEqual(['a']);
  await clock.advance(10_000);
  expect(queue.depth).toBe(0);
});

test('work queue doubles the longest wait with each failure, up to five minutes, until the key is forgotten', async () => {
  const { clock, queue } = newQueue(() => 0.999_999);
  const waits: number[] = [];
  for (let failure = 1; failure <= 13; failure += 1) {
    const startMs = clock.monotonicMs();
    queue.addRateLimited('a');
    while (queue.depth === 0) await clock.advance(100);
    waits.push(clock.monotonicMs() - startMs);
    await drain(queue);
  }
  expect(waits.slice(0, 5)).toEqual([200, 400, 800, 1_600, 3_200]);
  expect(waits.at(-1)).toBe(300_000);
  queue.forget('a');
  expect(queue.failures('a')).toBe(0);
  queue.addRateLimited('a');
  await clock.advance(200);
  expect(queue.depth).toBe(1);
});

test('work queue hands out a key in back-off at once when it is asked for', async () => {
  const { queue } = newQueue();
  queue.addRateLimited('a');
  expect(queue.depth).toBe(0);
  queue.add('a');
  expect(await drain(queue)).toEqual(['a']);
});

test('work queue draws each back-off from zero up to its ceiling', async () => {
  const { queue } = newQueue(() => 0);
  queue.addRateLimited('a');
  expect(queue.depth).toBe(1);
});

test('a queue that is shut down hands out nothing, takes nothing and resolves when the last key is done', async () => {
  const { clock, queue } = newQueue();
  queue.add('a');
  queue.add('b');
  queue.addAfter('c', 100);
  await queue.get(never);
  let drained = false;
  const shutDown = queue.shutDown().then(() => {
    drained = true;
  });
  queue.add('d');
  expect(clock.pendingTimers).toBe(0);
  await clock.advance(1_000);
  expect({ key: await queue.get(never), depth: queue.depth, drained }).toEqual({
    key: undefined,
    depth: 0,
    drained: false,
  });
  queue.done('a');
  await shutDown;
  expect(drained).toBe(true);
});

test('a taker that waits gets undefined when the queue is shut down', async () => {
  const { queue } = newQueue();
  const taken = queue.get(never);
  await queue.shutDown();
  expect(await taken).toBeUndefined();
});

type Command =
  | { kind: 'Add' | 'Retry' | 'Forget'; key: string }
  | { kind: 'AddAfter'; key: string; delayMs: number }
  | { kind: 'Take' | 'Finish'; nth: number }
  | { kind: 'Advance'; ms: number };

const key = fc.constantFrom('a', 'b', 'c');
const command: fc.Arbitrary<Command> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('Add' as const), key }) },
  fc.record({ kind: fc.constantFrom('Retry' as const, 'Forget' as const), key }),
  fc.record({ kind: fc.constant('AddAfter' as const), key, delayMs: fc.integer({ min: 0, max: 500 }) }),
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('Take' as const), nth: fc.nat(3) }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('Finish' as const), nth: fc.nat(3) }) },
  fc.record({ kind: fc.constant('Advance' as const), ms: fc.integer({ min: 1, max: 400 }) }),
);

test('work queue never hands out one key to two workers, whatever the order of calls', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(command, { maxLength: 60 }), async (commands) => {
      const world = newWorld();
      for (const each of commands) {
        await world.run(each);
        expect(new Set(world.held).size).toBe(world.held.length);
      }
    }),
    { numRuns: 150 },
  );
});

test('every add is followed by a take of that key, whatever the order of calls', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(command, { maxLength: 60 }), async (commands) => {
      const world = newWorld();
      for (const each of commands) await world.run(each);
      await world.finishAll();
      expect([...world.unanswered]).toEqual([]);
    }),
    { numRuns: 150 },
  );
});

test('takes of one key never outnumber its adds', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(command, { maxLength: 60 }), async (commands) => {
      const world = newWorld();
      for (const each of commands) await world.run(each);
      await world.finishAll();
      for (const each of ['a', 'b', 'c']) expect(world.taken(each)).toBeLessThanOrEqual(world.added(each));
    }),
    { numRuns: 150 },
  );
});

/** A queue with up to four takers, and the books that a test keeps about them. */
function newWorld() {
  const { clock, queue } = newQueue();
  const held: string[] = [];
  const unanswered = new Set<string>();
  const adds: string[] = [];
  const takes: string[] = [];
  let takers = 0;
  const take = () => {
    takers += 1;
    void queue.get(never).then((taken) => {
      if (taken === undefined) return;
      held.push(taken);
      takes.push(taken);
      unanswered.delete(taken);
    });
  };
  const finish = (nth: number) => {
    const [finished] = held.splice(nth % Math.max(1, held.length), 1);
    if (finished === undefined) return;
    takers -= 1;
    queue.done(finished);
  };
  const run = async (each: Command) => {
    // A take that is still on its way must be in the books before the next add is.
    await settle();
    if ('key' in each && each.kind !== 'Forget') {
      unanswered.add(each.key);
      adds.push(each.key);
    }
    if (each.kind === 'Add') queue.add(each.key);
    else if (each.kind === 'AddAfter') queue.addAfter(each.key, each.delayMs);
    else if (each.kind === 'Retry') queue.addRateLimited(each.key);
    else if (each.kind === 'Forget') queue.forget(each.key);
    else if (each.kind === 'Advance') await clock.advance(each.ms);
    else if (each.kind === 'Finish') finish(each.nth);
    else if (takers < 4) take();
    await settle();
  };
  const finishAll = async () => {
    await clock.advance(600_000);
    for (let round = 0; round < 200 && (held.length > 0 || queue.depth > 0); round += 1) {
      finish(0);
      if (takers < 4) take();
      await settle();
    }
  };
  const count = (list: string[]) => (wanted: string) => list.filter((each) => each === wanted).length;
  return { held, unanswered, run, finishAll, added: count(adds), taken: count(takes) };
}

test('work queue hands out keys of low priority after all others, each kind in its order', async () => {
  const { queue } = newQueue();
  queue.add('resync 1', 'Low');
  queue.add('edit 1');
  queue.add('resync 2', 'Low');
  queue.add('edit 2');
  expect(queue.depth).toBe(4);
  expect(await drain(queue)).toEqual(['edit 1', 'edit 2', 'resync 1', 'resync 2']);
});

test('work queue raises a waiting key that is added with normal priority, never lowers one, and hands it out once', async () => {
  const { queue } = newQueue();
  for (const key of ['a', 'b', 'c']) queue.add(key, 'Low');
  queue.add('c');
  queue.add('c', 'Low');
  expect(queue.depth).toBe(3);
  expect(await drain(queue)).toEqual(['c', 'a', 'b']);
});

test('work queue brings a key back with the priority of what was added while it was worked on', async () => {
  const { queue } = newQueue();
  queue.add('a', 'Low');
  await queue.get(never);
  expect(queue.priorityOf('a')).toBe('Low');
  queue.add('b', 'Low');
  queue.add('a', 'Low');
  queue.add('a');
  queue.done('a');
  expect(await queue.get(never)).toBe('a');
  expect(queue.priorityOf('a')).toBe('Normal');
});

test('work queue raises the pass that runs when its key is asked for, and a resync does not', async () => {
  const { queue } = newQueue();
  queue.add('a', 'Low');
  await queue.get(never);
  queue.add('a', 'Low');
  expect(queue.priorityOf('a')).toBe('Low');
  queue.add('a');
  expect(queue.priorityOf('a')).toBe('Normal');
});

test('work queue brings a key that failed back with the priority of its pass', async () => {
  const { clock, queue } = newQueue();
  queue.add('resynced', 'Low');
  queue.add('edited');
  for (const key of ['edited', 'resynced']) {
    expect(await queue.get(never)).toBe(key);
    queue.addRateLimited(key);
    queue.done(key);
  }
  await clock.advance(10_000);
  await queue.get(never);
  await queue.get(never);
  expect([queue.priorityOf('resynced'), queue.priorityOf('edited')]).toEqual(['Low', 'Normal']);
});

test('work queue keeps the higher priority of two timers of a key', async () => {
  const { clock, queue } = newQueue();
  queue.add('a', 'Low');
  await queue.get(never);
  queue.addAfter('a', 1_000);
  queue.done('a');
  queue.addAfter('a', 2_000);
  await clock.advance(1_000);
  await queue.get(never);
  expect(queue.priorityOf('a')).toBe('Normal');
});

test('work queue takes one key of each namespace by turns, within a priority', async () => {
  const { queue } = newQueue();
  for (const name of ['1', '2', '3']) queue.add(`big/${name}`);
  for (const name of ['1', '2']) queue.add(`big/low-${name}`, 'Low');
  queue.add('small/low', 'Low');
  queue.add('small/1');
  queue.add('tiny/1');
  expect(await drain(queue)).toEqual([
    ...['big/1', 'small/1', 'tiny/1', 'big/2', 'big/3'],
    ...['big/low-1', 'small/low', 'big/low-2'],
  ]);
});

test('work queue counts as retries the adds that wait for a time, after a failure or not, and no others', async () => {
  let retries = 0;
  const metrics = { ...noMetrics, queueRetry: () => (retries += 1) };
  const queue = new WorkQueue({ clock: new ManualClock(), metrics, random: () => 0.5 });
  queue.add('a');
  queue.addAfter('b', 0);
  expect(retries).toBe(0);
  queue.addAfter('c', 1_000);
  queue.addRateLimited('d');
  expect(retries).toBe(2);
});

test('work queue tells how many keys wait at each priority and how long each taken one has run', async () => {
  const watched: QueueState[] = [];
  const clock = new ManualClock();
  const metrics = { ...noMetrics, watchQueue: (queue: QueueState) => watched.push(queue) };
  const queue = new WorkQueue({ clock, metrics, random: () => 0.5 });
  for (const key of ['a', 'b', 'c']) queue.add(key);
  queue.add('d', 'Low');
  await queue.get(never);
  await clock.advance(1_500);
  await queue.get(never);
  expect(watched.map((each) => [each.depths(), each.runningMs()])).toEqual([[{ Normal: 1, Low: 1 }, [1_500, 0]]]);
});

test('work queue counts a key that was added while it was worked on among those that wait, until it is taken again', async () => {
  const { queue } = newQueue();
  queue.add('edited', 'Low');
  queue.add('resynced', 'Low');
  await queue.get(never);
  await queue.get(never);
  queue.add('edited');
  queue.add('resynced', 'Low');
  expect(queue.depths()).toEqual({ Normal: 1, Low: 1 });
  queue.done('edited');
  expect(queue.depths()).toEqual({ Normal: 1, Low: 1 });
  await queue.get(never);
  expect(queue.depths()).toEqual({ Normal: 0, Low: 1 });
});
