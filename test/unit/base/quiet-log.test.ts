import { expect, test } from 'vitest';
import { QuietLog } from '../../../src/base/quiet-log.ts';
import { ManualClock } from '../../support/manual-clock.ts';

test('the first line, each that says something else, and one a minute of those that repeat are due', async () => {
  const clock = new ManualClock();
  const quiet = new QuietLog(clock);
  const due: boolean[] = [];
  for (const text of ['refused', 'refused', 'forbidden', 'forbidden']) due.push(quiet.isDue(text));
  await clock.advance(60_000);
  due.push(quiet.isDue('forbidden'));
  expect(due).toEqual([true, false, true, false, true]);
});

test('the end is told only of a fault that was logged, and the same fault is news after it', () => {
  const quiet = new QuietLog(new ManualClock());
  expect(quiet.end()).toBe(false);
  quiet.isDue('refused');
  expect([quiet.end(), quiet.end(), quiet.isDue('refused')]).toEqual([true, false, true]);
});
