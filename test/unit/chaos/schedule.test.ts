import { expect, test } from 'vitest';
import { DECKS } from '../../chaos/schedule/fault.ts';
import { drawSchedule } from '../../chaos/schedule/schedule.ts';
import { seededRandom, seedOf } from '../../chaos/schedule/seed.ts';

const MINUTE_MS = 60_000;

test('drawSchedule draws the same for the same seed, and something else for another', () => {
  expect(drawSchedule(7, MINUTE_MS, 'Wire')).toEqual(drawSchedule(7, MINUTE_MS, 'Wire'));
  expect(drawSchedule(8, MINUTE_MS, 'Wire').steps).not.toEqual(drawSchedule(7, MINUTE_MS, 'Wire').steps);
});

test.each(['Wire', 'Process', 'Lasting'] as const)(
  'a schedule of a minute leaves out no fault of profile %s',
  (profile) => {
    const { steps } = drawSchedule(7, MINUTE_MS, profile);
    const kinds = steps.flatMap((step) => (step.kind === 'Fault' ? [JSON.stringify(kindOf(step.fault))] : []));
    expect(kinds.length).toBeGreaterThanOrEqual(DECKS[profile].length);
    expect(new Set(kinds).size).toBe({ Wire: 12, Process: 6, Lasting: 12 }[profile]); // two storms are one kind
    const times = steps.map(({ atMs }) => atMs);
    expect(times).toEqual([...times].sort((a, b) => a - b));
  },
);

test('every schedule of everything has faults of the wire, of the process and of two replicas', () => {
  const seeds = Array.from({ length: 200 }, (_, seed) => seed);
  const kindsOf = (seed: number) =>
    drawSchedule(seed, MINUTE_MS, 'All').steps.flatMap((step) =>
      step.kind === 'Fault' ? [kindOf(step.fault)[0]] : [],
    );
  const lacking = seeds.filter((seed) => {
    const kinds = new Set(kindsOf(seed));
    const takesLease = kinds.has('Block') || kinds.has('Halt') || kinds.has('BlindTakeover');
    const kills = kinds.has('Kill') || kinds.has('BlindTakeover');
    return !(kinds.has('Kubernetes') && kinds.has('Aws') && kills && takesLease);
  });
  expect(lacking).toEqual([]);
  expect(new Set(seeds.flatMap(kindsOf))).toEqual(
    new Set(['Kubernetes', 'Aws', 'Kill', 'Halt', 'Block', 'BlindTakeover', 'RestartApiServer']),
  );
});

test('a schedule that is to last ends no process and no lease', () => {
  const seeds = Array.from({ length: 200 }, (_, seed) => seed);
  const faults = seeds
    .flatMap((seed) => drawSchedule(seed, MINUTE_MS, 'Lasting').steps)
    .flatMap((step) => (step.kind === 'Fault' ? [step.fault] : []));
  expect(new Set(faults.map(({ kind }) => kind))).toEqual(new Set(['Kubernetes', 'Aws', 'Halt']));
  const isOfWatches = (kind: string) => kind.endsWith('Watches');
  const ofRequests = faults.filter((fault) => fault.kind === 'Kubernetes' && !isOfWatches(fault.fault.kind));
  const halts = faults.filter(({ kind }) => kind === 'Halt');
  expect([...ofRequests, ...halts].every((fault) => 'forMs' in fault && fault.forMs <= 1_000)).toBe(true);
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
