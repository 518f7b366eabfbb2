import { expect, test, vi } from 'vitest';
import { createCallLimiter } from '../../../src/aws/call-limiter.ts';
import { ManualClock, settle } from '../../support/manual-clock.ts';

const normal = { priority: 0, signal: undefined };

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
    limiter.run(async () => order.push(name), { priority, signal: undefined });
  await Promise.all([run('running', 0), run('resync 1', -1), run('resync 2', -1), run('edit', 1), run('other', 0)]);
  expect(order).toEqual(['running', 'edit', 'other', 'resync 1', 'resync 2']);
});

test('a request that waits for its turn ends with its signal and is never sent', async () => {
  const limiter = createCallLimiter({ clock: new ManualClock(), concurrency: 1 });
  const first = openRequest();
  const second = openRequest();
  const abort = new AbortController();
  const running = limiter.run(first.request, normal);
  const waiting = limiter.run(second.request, { priority: 0, signal: abort.signal });
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

test('no more requests than asked for start in any second', async () => {
  vi.useFakeTimers();
  try {
    const limiter = createCallLimiter({ clock: new ManualClock(), concurrency: 10, requestsPerSecond: 2 });
    let started = 0;
    const run = () =>
      limiter.run(async () => {
        started += 1;
      }, normal);
    const all = Promise.all([run(), run(), run(), run(), run()]);
    const startedAfter: number[] = [];
    for (const ms of [0, 999, 1, 1000]) {
      await vi.advanceTimersByTimeAsync(ms);
      startedAfter.push(started);
    }
    expect(startedAfter).toEqual([2, 2, 4, 5]);
    await all;
  } finally {
    vi.useRealTimers();
  }
});
