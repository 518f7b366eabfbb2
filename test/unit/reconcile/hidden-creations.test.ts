import { describe, expect, test } from 'vitest';
import { associationOf, type Creation, HiddenCreations } from '../../../src/reconcile/hidden-creations.ts';
import { ManualClock } from '../../support/manual-clock.ts';

const GRACE_MS = 120_000;
const UNSURE_MS = 30_000;
const HOUR_MS = 3_600_000;
const KEY = 'billing/uploader';

function leadingFor(ms: number | undefined) {
  const clock = new ManualClock();
  const since = ms === undefined ? undefined : clock.monotonicMs() - ms;
  return { clock, hidden: new HiddenCreations(clock, GRACE_MS, () => since) };
}

/** When reads of it are looked at next; 0: they are believed. */
function waitMs(hidden: HiddenCreations, what: Creation, key = KEY): number {
  try {
    hidden.requireAbsent(key, what, 'x');
    return 0;
  } catch (error) {
    expect(error).toMatchObject({ reason: 'RoleNotVisible' });
    return (error as { requeueAfterMs: number }).requeueAfterMs;
  }
}

/** For how long reads of it are not believed. */
async function hiddenMs(clock: ManualClock, hidden: HiddenCreations, what: Creation): Promise<number> {
  const startedMs = clock.monotonicMs();
  for (;;) {
    const next = waitMs(hidden, what);
    if (next === 0) return clock.monotonicMs() - startedMs;
    await clock.advance(next);
  }
}

describe.each(['Role', 'InstanceProfile', associationOf('uploader')] as const)('%s', (what) => {
  test('is looked for every three seconds for the whole grace when it was made', async () => {
    const { clock, hidden } = leadingFor(HOUR_MS);
    hidden.made(KEY, what);
    expect(waitMs(hidden, what)).toBe(3_000);
    expect(await hiddenMs(clock, hidden, what)).toBe(GRACE_MS);
  });

  test('is looked for half a minute when it was asked for', async () => {
    const { clock, hidden } = leadingFor(HOUR_MS);
    hidden.asked(KEY, what);
    expect(await hiddenMs(clock, hidden, what)).toBe(UNSURE_MS);
  });

  test('is looked for as long when it is asked for again', async () => {
    const { clock, hidden } = leadingFor(HOUR_MS);
    hidden.made(KEY, what);
    hidden.asked(KEY, what);
    expect(await hiddenMs(clock, hidden, what)).toBe(GRACE_MS);
  });

  test.each([
    ['has just begun to lead', 0, UNSURE_MS],
    ['leads for 10 seconds', 10_000, UNSURE_MS - 10_000],
    ['leads for half a minute', UNSURE_MS, 0],
  ])('that an earlier leader may have asked for is looked for where this one %s', async (_, ledMs, expected) => {
    const { clock, hidden } = leadingFor(ledMs);
    expect(await hiddenMs(clock, hidden, what)).toBe(expected);
  });

  test('is not taken for gone by a replica that does not lead', () => {
    expect(waitMs(leadingFor(undefined).hidden, what)).toBe(3_000);
  });

  test('is not looked for once it was deleted, by whomever it was made, and is when it is made again', async () => {
    const { clock, hidden } = leadingFor(0);
    hidden.made(KEY, what);
    hidden.removed(KEY, what);
    expect(waitMs(hidden, what)).toBe(0);
    hidden.asked(KEY, what);
    expect(await hiddenMs(clock, hidden, what)).toBe(UNSURE_MS);
  });
});

test('one that was made says nothing of the others', () => {
  const { hidden } = leadingFor(HOUR_MS);
  hidden.made(KEY, associationOf('uploader'));
  for (const other of ['Role', 'InstanceProfile', associationOf('other')] as const)
    expect(waitMs(hidden, other)).toBe(0);
  expect(waitMs(hidden, associationOf('uploader'), 'billing/other')).toBe(0);
});

test('accounts whose association may be hidden are known until it cannot be any more', async () => {
  const { clock, hidden } = leadingFor(HOUR_MS);
  hidden.made(KEY, 'Role');
  for (const account of ['one', 'two']) hidden.asked(KEY, associationOf(account));
  hidden.removed(KEY, associationOf('two'));
  expect(hidden.accountsOf(KEY)).toEqual(['one']);
  await clock.advance(UNSURE_MS);
  expect(hidden.accountsOf(KEY)).toEqual([]);
});

test('what was asked for is not looked for longer than what was made', async () => {
  const clock = new ManualClock();
  const hidden = new HiddenCreations(clock, 1_000, () => clock.monotonicMs());
  expect(waitMs(hidden, 'Role')).toBe(1_000);
});

test('what is past is forgotten, but not while the beginning of the lead would count in its place', async () => {
  const clock = new ManualClock();
  const since = clock.monotonicMs();
  const hidden = new HiddenCreations(clock, GRACE_MS, () => since);
  for (let number = 0; number < 100; number += 1) hidden.removed(`billing/${number}`, 'Role');
  expect(hidden.size).toBe(100);
  expect(waitMs(hidden, 'Role', 'billing/7')).toBe(0);
  await clock.advance(UNSURE_MS);
  hidden.made(KEY, 'Role');
  expect(hidden.size).toBe(1);
});
