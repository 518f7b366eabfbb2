import { expect, test } from 'vitest';
import {
  bookmark,
  events,
  failing,
  initial,
  modified,
  object,
  startScripted,
  type Watch,
} from '../../support/scripted-reflector.ts';

const LONGEST = () => 1;

/** Milliseconds between one question to the server and the next. */
async function waits(watches: readonly Watch[], advanceMs: number, random = LONGEST): Promise<number[]> {
  const world = startScripted({ watches, random });
  await world.clock.advance(advanceMs);
  await world.stop();
  return world.askedAtMs.slice(1).map((atMs, index) => atMs - (world.askedAtMs[index] ?? 0));
}

test('failures are waited out from 0.8 s, doubling up to 30 s', async () => {
  const watches = [events(initial('5')), ...Array.from({ length: 8 }, () => failing({ status: 429 }))];
  expect(await waits(watches, 200_000)).toEqual([0, 800, 1_600, 3_200, 6_400, 12_800, 25_600, 30_000, 30_000]);
});

test('the whole of each wait is random', async () => {
  const watches = [events(initial('5')), failing(), failing()];
  expect(await waits(watches, 10_000, () => 0.25)).toEqual([0, 200, 400]);
});

test('after two quiet minutes the waits begin anew', async () => {
  const watches = [events(initial('5')), failing(), failing(), events([], 121_000), failing()];
  expect(await waits(watches, 200_000)).toEqual([0, 800, 1_600, 121_000, 800]);
});

test('a Retry-After is waited for, up to the longest wait', async () => {
  const busy = (retryAfterMs: number) => failing({ status: 429, retryAfterMs });
  const watches = [events(initial('5')), busy(5_000), busy(600_000), busy(0)];
  expect(await waits(watches, 100_000)).toEqual([0, 5_000, 30_000, 3_200]);
});

test('a watch that ends within a second and brought nothing counts as a failure', async () => {
  expect(await waits([events(initial('5')), events([]), events([], 999)], 10_000)).toEqual([0, 800, 2_599]);
});

test.each([
  ['lasted a second', events([], 1_000), 1_000],
  ['brought an event', events([modified(object('a', '6'))]), 0],
  ['brought a bookmark', events([bookmark('6')]), 0],
])('a watch that %s is opened again at once', async (_, watch, openMs) => {
  expect(await waits([events(initial('5')), watch], 10_000)).toEqual([0, openMs]);
});

test('a watch that brings the same event again and again and ends is no progress', async () => {
  const same = events([modified(object('a', '5'))]);
  expect(await waits([events(initial('5', object('a', '5'))), same, same], 10_000)).toEqual([0, 800, 1_600]);
});

test('a server that refuses everything is asked less than once in ten seconds in the long run', async () => {
  const world = startScripted({ watches: Array.from({ length: 1_000 }, () => failing({ code: 'ECONNREFUSED' })) });
  await world.clock.advance(3_600_000);
  await world.stop();
  expect(world.asked.length).toBeLessThan(360);
});
