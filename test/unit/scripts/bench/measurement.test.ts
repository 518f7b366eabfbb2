import { expect, test } from 'vitest';
import { bestOf, quantile } from '../../../../scripts/bench/measurement.ts';
import { phase } from './phase.ts';

test('several runs become one with the fastest of each phase, the least CPU and the most memory', () => {
  const slow = phase({ seconds: 9, cpuSeconds: 2, peakMiB: 100, throttled: 1 });
  const fast = phase({ seconds: 5, cpuSeconds: 3, peakMiB: 90, throttled: 0 });
  const other = phase({ phase: 'Delete', seconds: 1 });
  expect(
    bestOf([
      [slow, other],
      [fast, other],
    ]),
  ).toEqual([phase({ seconds: 5, cpuSeconds: 2, peakMiB: 100, throttled: 0 }), other]);
});

test('a quantile is one of the values, and no number where there are none', () => {
  const values = [1, 2, 3, 4];
  expect([quantile(values, 0), quantile(values, 0.5), quantile(values, 0.99), quantile(values, 1)]).toEqual([
    1, 3, 4, 4,
  ]);
  expect(quantile([], 0.5)).toBeNaN();
});
