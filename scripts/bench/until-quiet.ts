import { setTimeout as wait } from 'node:timers/promises';
import type { BenchWorld } from './bench-world.ts';

const LOOK_EVERY_MS = 20;
/** No pass of the controller goes on for so long without a request. */
const SILENCE_MS = 1000;

/** Waits until nobody has asked for anything for a second; the time at which the last request came, give or take 20 ms. */
export async function untilQuiet(world: BenchWorld): Promise<number> {
  let count = world.requestCount();
  let lastMs = performance.now();
  while (performance.now() - lastMs < SILENCE_MS) {
    await wait(LOOK_EVERY_MS);
    const now = world.requestCount();
    if (now !== count) lastMs = performance.now();
    count = now;
  }
  return lastMs;
}

/** Waits for the next request, and returns the time at which it came. */
export async function untilBusy(world: BenchWorld): Promise<number> {
  const count = world.requestCount();
  while (world.requestCount() === count) await wait(LOOK_EVERY_MS);
  return performance.now();
}
