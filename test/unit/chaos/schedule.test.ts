import { expect, test } from 'vitest';
import { DECKS } from '../../chaos/schedule/fault.ts';
import { drawSchedule } from '../../chaos/schedule/schedule.ts';
import { seededRandom, seedOf } from '../../chaos/schedule/seed.ts';

const MINUTE_MS = 60_000;

test('drawSchedule draws the same for the same seed, and something else for another', () => {
  expect(drawSchedule(7, MINUTE_MS, 'Wire')).toEqual(drawSchedule(7, MINUTE_MS, 'Wire'));
  expect(drawSchedule(8, MINUTE_MS, 'Wire').steps).not.toEqual(drawSchedule(7, MINUTE_MS, 'Wire').steps);
});

test.each(['Wire', 'Process'] as const)('a schedule of a minute leaves out no fault of profile %s', (profile) => {
  const { steps } = drawSchedule(7, MINUTE_MS, profile);
  const kinds = steps.flatMap((step) => (step.kind === 'Fault' ? [JSON.stringify(kindOf(step.fault))] : []));
  expect(kinds.length).toBeGreaterThanOrEqual(DECKS[profile].length);
  expect(new Set(kinds).size).toBe({ Wire: 12, Process: 6 }[profile]); // two storms are one kind
  const times = steps.map(({ atMs }) => atMs);
  expect(times).toEqual([...times].sort((a, b) => a - b));
});

test('seededRandom stays within 0 and 1 and repeats itself for the same seed', () => {
  const take = (seed: number) => Array.from({ length: 1_000 }, seededRandom(seed));
  expect(take(0)).toEqual(take(0));
  expect(take(0).every((value) => value >= 0 && value < 1)).toBe(true);
  expect(take(0)).not.toEqual(take(1));
});

test('seedOf takes the seed that is given and refuses what is none', () => {
  expect(seedOf({ CHAOS_SEED: '42' })).toBe(42);
  expect(() => seedOf({ CHAOS_SEED: 'abc' })).toThrow('CHAOS_SEED must be a whole number, not "abc"');
});

function kindOf(fault: { readonly kind: string; readonly fault?: { readonly kind: string } }) {
  return [fault.kind, fault.fault?.kind];
}
