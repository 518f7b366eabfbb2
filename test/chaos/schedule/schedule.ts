import fc from 'fast-check';
import { DECKS, type DeckName, type Fault } from './fault.ts';
import { type UserAction, userAction } from './user-action.ts';

/** What happens when; the same for the same seed. */
export interface Schedule {
  readonly seed: number;
  /** In the order of their times. */
  readonly steps: readonly Step[];
}

export type Step = { readonly atMs: number } & (
  | { readonly kind: 'User'; readonly action: UserAction }
  | { readonly kind: 'Fault'; readonly fault: Fault }
);

/** Which decks the faults of a schedule come from; `All`: those of the wire, of the process and of two replicas. */
export type FaultProfile = DeckName | 'All';

/** Cards of one deck, about as often as this. */
interface Track {
  readonly deck: DeckName;
  readonly gapMs: number;
}

/** Users do something about as often as this, and something goes wrong about as often as that. */
const USER_GAP_MS = 400;
const TRACKS: Readonly<Record<FaultProfile, readonly Track[]>> = {
  Wire: [{ deck: 'Wire', gapMs: 2_200 }],
  Process: [{ deck: 'Process', gapMs: 2_200 }],
  Replicas: [{ deck: 'Replicas', gapMs: 11_000 }],
  Lasting: [{ deck: 'Lasting', gapMs: 2_200 }],
  // So seldom that somebody leads for half of the time: who does not lead has nothing to do wrong.
  All: [
    { deck: 'Wire', gapMs: 4_000 },
    { deck: 'Process', gapMs: 14_000 },
    { deck: 'Replicas', gapMs: 9_000 },
  ],
};

/** A schedule of `durationMs`, drawn from `seed`. */
export function drawSchedule(seed: number, durationMs: number, profile: FaultProfile): Schedule {
  const actionCount = Math.ceil(durationMs / USER_GAP_MS);
  const actions = sample(userAction, seed, actionCount);
  const faults = TRACKS[profile].flatMap((track, place) => drawFaults(seed + place, durationMs, track));
  const steps: Step[] = [
    ...timed(actions, USER_GAP_MS, seed).map(({ atMs, value }) => ({ atMs, kind: 'User' as const, action: value })),
    ...faults.map(({ atMs, value }) => ({ atMs, kind: 'Fault' as const, fault: value })),
  ];
  const inTime = steps.filter(({ atMs }) => atMs < durationMs);
  return { seed, steps: inTime.sort((a, b) => a.atMs - b.atMs) };
}

/** The whole deck, shuffled, as often as it takes. */
function drawFaults(seed: number, durationMs: number, { deck: name, gapMs }: Track): readonly Timed<Fault>[] {
  const deck = DECKS[name];
  const rounds = Math.ceil(durationMs / gapMs / deck.length);
  const deal = fc.tuple(...deck).chain((cards) => fc.shuffledSubarray(cards, { minLength: cards.length }));
  return timed(sample(deal, seed, rounds).flat(), gapMs, seed);
}

interface Timed<T> {
  readonly atMs: number;
  readonly value: T;
}

/** Values with their times: `gapMs` between two, a half more or less by chance. */
function timed<T>(values: readonly T[], gapMs: number, seed: number): readonly Timed<T>[] {
  const shifts = sample(fc.integer({ min: -gapMs / 2, max: gapMs / 2 }), seed, values.length);
  return values.map((value, place) => ({ value, atMs: (place + 0.5) * gapMs + (shifts[place] ?? 0) }));
}

function sample<T>(arbitrary: fc.Arbitrary<T>, seed: number, numRuns: number): T[] {
  return fc.sample(fc.noBias(arbitrary), { seed, numRuns });
}
