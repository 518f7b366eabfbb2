import { expect, test } from 'vitest';
import { type CallLimiter, createCallLimiter } from '../../../src/aws/call-limiter.ts';
import type { Clock } from '../../../src/base/clock.ts';
import { ManualClock, settle } from '../../support/manual-clock.ts';

const normal = { priority: () => 0, signal: undefined };

function throttling(): Error {
  return Object.assign(new Error('Rate exceeded'), { name: 'ThrottlingException' });
}

/** A request that runs until the test ends it. */
function openRequest() {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const state = { started: false };
  const request = () => {
    state.started = true;
    return promise;
  };
  return { request, state, resolve, reject };
}

test('no more requests than the concurrency run at once', async () => {
  const limiter = createCallLimiter({ clock: new ManualClock(), concurrency: 2 });
  const requests = [openRequest(), openRequest(), openRequest()];
  const results = requests.map(({ request }) => limiter.run(request, normal));
  await settle();
  expect(requests.map(({ state }) => state.started)).toEqual([true, true, false]);
  expect(limiter.waiting()).toBe(1);
  for (const { resolve } of requests) resolve('done');
  expect(await Promise.all(results)).toEqual(['done', 'done', 'done']);
});

test('a higher priority goes first and equal ones keep their order', async () => {
  const limiter = createCallLimiter({ clock: new ManualClock(), concurrency: 1 });
  const order: string[] = [];
  const run = (name: string, priority: number) =>
    limiter.run(async () => order.push(name), { priority: () => priority, signal: undefined });
  await Promise.all([run('running', 0), run('resync 1', -1), run('resync 2', -1), run('edit', 1), run('other', 0)]);
  expect(order).toEqual(['running', 'edit', 'other', 'resync 1', 'resync 2']);
});

test('a request that waits for its turn ends with its signal and is never sent', async () => {
  const limiter = createCallLimiter({ clock: new ManualClock(), concurrency: 1 });
  const first = openRequest();
  const second = openRequest();
  const abort = new AbortController();
  const running = limiter.run(first.request, normal);
  const waiting = limiter.run(second.request, { priority: () => 0, signal: abort.signal });
  abort.abort(new Error('stopping'));
  await expect(waiting).rejects.toThrow('stopping');
  first.resolve('done');
  await running;
  await settle();
  expect(second.state.started).toBe(false);
});

test('a throttle stops every request for a second, and the next one in a row for two', async () => {
  const clock = new ManualClock();
  const pauses: number[] = [];
  const limiter = createCallLimiter({ clock, concurrency: 4, onThrottle: (pauseMs) => pauses.push(pauseMs) });
  await expect(limiter.run(() => Promise.reject(throttling()), normal)).rejects.toThrow('Rate exceeded');
  const next = openRequest();
  const result = limiter.run(next.request, normal);
  await clock.advance(999);
  expect(next.state.started).toBe(false);
  await clock.advance(1);
  expect(next.state.started).toBe(true);
  next.reject(throttling());
  await expect(result).rejects.toThrow('Rate exceeded');
  expect(pauses).toEqual([1000, 2000]);
});

test('requests that are throttled together count as one throttle', async () => {
  const clock = new ManualClock();
  const pauses: number[] = [];
  const limiter = createCallLimiter({ clock, concurrency: 3, onThrottle: (pauseMs) => pauses.push(pauseMs) });
  const requests = [openRequest(), openRequest(), openRequest()];
  const results = requests.map(({ request }) => limiter.run(request, normal).catch(() => 'throttled'));
  await clock.advance(5);
  for (const { reject } of requests) reject(throttling());
  expect(await Promise.all(results)).toEqual(['throttled', 'throttled', 'throttled']);
  expect(pauses).toEqual([1000]);
});

test('after a throttle half as many requests run at once, and each success allows one more', async () => {
  const clock = new ManualClock();
  const limiter = createCallLimiter({ clock, concurrency: 4 });
  await limiter.run(() => Promise.reject(throttling()), normal).catch(() => undefined);
  await clock.advance(1000);
  const requests = Array.from({ length: 5 }, openRequest);
  const results = requests.map(({ request }) => limiter.run(request, normal));
  await settle();
  const started = () => requests.filter(({ state }) => state.started).length;
  expect(started()).toBe(2);
  requests[0]?.resolve('done');
  await settle();
  expect(started()).toBe(4); // the place of the first one, and one more
  for (const { resolve } of requests) resolve('done');
  await Promise.all(results);
});

test('a quota error is no throttle', async () => {
  const pauses: number[] = [];
  const limiter = createCallLimiter({
    clock: new ManualClock(),
    concurrency: 1,
    onThrottle: (pauseMs) => pauses.push(pauseMs),
  });
  const quota = Object.assign(new Error('quota'), { name: 'LimitExceededException' });
  await expect(limiter.run(() => Promise.reject(quota), normal)).rejects.toThrow('quota');
  expect(pauses).toEqual([]);
});

/** Starts `count` requests that end at once, and returns the times at which they started. */
async function startTimes(clock: ManualClock, limiter: CallLimiter, count: number, forMs: number): Promise<number[]> {
  const times: number[] = [];
  const all = Array.from({ length: count }, () => limiter.run(async () => times.push(clock.monotonicMs()), normal));
  await clock.advance(forMs);
  await Promise.all(all);
  return times;
}

test('requests start evenly spaced at the rate asked for, after a first tenth of a second that may come at once', async () => {
  const clock = new ManualClock();
  const limiter = createCallLimiter({ clock, concurrency: 10, requestsPerSecond: 20 });
  const first = await startTimes(clock, limiter, 7, 10_000);
  expect(first).toEqual([0, 0, 0, 50, 100, 150, 200]);
  const afterQuiet = await startTimes(clock, limiter, 5, 1_000);
  expect(afterQuiet).toEqual([10_000, 10_000, 10_000, 10_050, 10_100]);
});

test('a late timer delays no start but the next one: the rate holds over time', async () => {
  const clock = new ManualClock();
  const late: Clock = {
    now: () => clock.now(),
    monotonicMs: () => clock.monotonicMs(),
    after: (delayMs, callback) => clock.after(delayMs + 30, callback),
  };
  const limiter = createCallLimiter({ clock: late, concurrency: 10, requestsPerSecond: 20 });
  const times = await startTimes(clock, limiter, 201, 11_000);
  expect(times.at(-1)).toBeLessThanOrEqual(10_000);
});

test('no requests are ever as many that a bucket of the same rate and a small size overflows', async () => {
  const clock = new ManualClock();
  const limiter = createCallLimiter({ clock, concurrency: 10, requestsPerSecond: 20 });
  const times = await startTimes(clock, limiter, 100, 10_000);
  let tokens = 3;
  let atMs = 0;
  const left = times.map((timeMs) => {
    tokens = Math.min(3, tokens + ((timeMs - atMs) * 20) / 1000) - 1;
    atMs = timeMs;
    return tokens;
  });
  expect(Math.min(...left)).toBeGreaterThanOrEqual(0);
});

test('after a throttle half as many requests start in a second, and successes bring the rate back', async () => {
  const clock = new ManualClock();
  const limiter = createCallLimiter({ clock, concurrency: 10, requestsPerSecond: 10 });
  await limiter.run(() => Promise.reject(throttling()), normal).catch(() => undefined);
  const times = await startTimes(clock, limiter, 60, 20_000);
  const gaps = times.slice(1).map((timeMs, index) => Math.round(timeMs - (times[index] ?? 0)));
  expect(times[0]).toBe(1000);
  expect(gaps[0]).toBeGreaterThan(190);
  expect(gaps.at(-1)).toBe(100);
});

test('a pause for a throttle is not cut short by the pace', async () => {
  const clock = new ManualClock();
  const limiter = createCallLimiter({ clock, concurrency: 10, requestsPerSecond: 10 });
  const first = openRequest();
  const running = limiter.run(first.request, normal).catch(() => 'throttled');
  await settle();
  first.reject(throttling());
  await running;
  const [startedMs] = await startTimes(clock, limiter, 1, 2_000);
  expect(startedMs).toBe(1000);
});

test('a request whose priority rises while it waits goes before those that came earlier', async () => {
  const clock = new ManualClock();
  const limiter = createCallLimiter({ clock, concurrency: 1 });
  const first = Promise.withResolvers<void>();
  const order: string[] = [];
  let priority = 0;
  const waiting = [
    limiter.run(() => first.promise, normal),
    limiter.run(async () => order.push('resync'), normal),
    limiter.run(async () => order.push('edited'), { priority: () => priority, signal: undefined }),
  ];
  priority = 1;
  first.resolve();
  await Promise.all(waiting);
  expect(order).toEqual(['edited', 'resync']);
});
