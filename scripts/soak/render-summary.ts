import { countMissed, type Round } from './round.ts';

/** One line over all `rounds`; `end` says why there are no more. */
export function renderSummary(rounds: readonly Round[], hours: number, end: string): string {
  const sum = (count: (round: Round) => number) => rounds.reduce((total, round) => total + count(round), 0);
  return [
    `ended after ${hours.toFixed(2)} h by ${end}: ${rounds.length} rounds`,
    `${sum(({ actions }) => actions)} actions`,
    `${sum(({ faults }) => faults)} faults`,
    `${sum(({ takeovers }) => takeovers)} takeovers`,
    `missed ${sum(countMissed)}`,
    `violations ${sum(({ violations }) => violations.length)}`,
  ].join(', ');
}
