import { expect, test } from 'vitest';
import { renderSummary } from '../../../../scripts/soak/render-summary.ts';
import { aRound } from './a-round.ts';

test('renderSummary adds up all rounds in one line and says what ended them', () => {
  const rounds = [aRound({}), aRound({ violations: ['missed event: web was applied and is gone', 'another'] })];
  expect(renderSummary(rounds, 1.256, 'SIGINT')).toBe(
    'ended after 1.26 h by SIGINT: 2 rounds, 274 actions, 50 faults, 8 takeovers, missed 1, violations 2',
  );
});

test('renderSummary of a soak that was ended in its first round counts nothing', () => {
  expect(renderSummary([], 0.001, 'SIGTERM')).toBe(
    'ended after 0.00 h by SIGTERM: 0 rounds, 0 actions, 0 faults, 0 takeovers, missed 0, violations 0',
  );
});
