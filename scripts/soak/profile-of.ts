import type { FaultProfile } from '../../test/chaos/schedule/schedule.ts';

/** Rounds of one profile after another: so many that a process which nothing ends shows whether it grows. */
export const STRETCH = 25;

/**
 * What goes wrong in the round of `seed`, by the seed alone, so that it brings the round about again: everything in one
 * stretch of seeds, and what no process ends by in the next.
 */
export function profileOf(seed: number): FaultProfile {
  return Math.floor(seed / STRETCH) % 2 === 0 ? 'All' : 'Lasting';
}

/** The seed of a soak that is given none: the first of a stretch of everything. `random`: 0 up to, not including, 1. */
export function drawSeed(random: number): number {
  return Math.floor(random * 20_000) * 2 * STRETCH;
}
