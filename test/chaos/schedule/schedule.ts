import fc from 'fast-check';
import { DECKS, type Fault, type FaultProfile } from './fault.ts';
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

/** Users do something about as often as this, and something goes wrong about as often as that. */
const USER_GAP_MS = 400;
const FAULT_GAP_MS: Readonly<Record<FaultProfile, number>> = { Wire: 2_200, Process: 2_200, Replicas: 11_000 };

/** A schedule of `durationMs`, drawn from `seed`. */
export function drawSchedule(seed: number, durationMs: number, profile: FaultProfile): Schedule {
  const actionCount = Math.ceil(durationMs / USER_GAP_MS);
  const deck = DECKS[profile];
  const gapMs = FAULT_GAP_MS[profile];
  const rounds = Math.ceil(durationMs / gapMs / deck.length);
  const deal = fc.tuple(...deck).chain((cards) => fc.shuffledSubarray(cards, { minLength: cards.length }));
  const actions = sample(userAction, seed, actionCount);
  const faults = sample(deal, seed, rounds).flat();
  const steps: Step[] = [
    ...timed(actions, USER_GAP_MS, seed).map(({ atMs, value }) => ({ atMs, kind: 'User' as const, action: value })),
    ...timed(faults, gapMs, seed).map(({ atMs, value }) => ({ atMs, kind: 'Fault' as const, fault: value })),
  ];
  const inTime = steps.filter(({ atMs }) => atMs < durationMs);
  return { seed, steps: inTime.sort((a, b) => a.atMs - b.atMs) };
}

/** Values with their times: `gapMs` between two, a half more or less by chance. */
function timed<T>(values: readonly T[], gapMs: number, seed: number): { readonly atMs: number; readonly value: T }[] {
  const shifts = sample(fc.integer({ min: -gapMs / 2, max: gapMs / 2 }), seed, values.length);
  return values.map((value, place) => ({ value, atMs: (place + 0.5) * gapMs + (shifts[place] ?? 0) }));
}

function sample<T>(arbitrary: fc.Arbitrary<T>, seed: number, numRuns: number): T[] {
  return fc.sample(fc.noBias(arbitrary), { seed, numRuns });
}
