import { describe, expect, test } from 'vitest';
import { TerminalError, TransientError, WaitingError } from '../../../src/base/errors.ts';
import type { Action } from '../../../src/plan/actions.ts';
import { type Creation, HiddenCreations } from '../../../src/reconcile/hidden-creations.ts';
import { ManualClock } from '../../support/manual-clock.ts';

const GRACE_MS = 120_000;
const UNSURE_MS = 30_000;
const KEY = 'billing/uploader';
const NO_ANSWER = new TransientError('AwsUnavailable', 'no answer');

/** What a pass began; only the kind is looked at. */
const action = (kind: Action['kind']) => ({ kind }) as Action;

function leadingFor(ms: number | undefined) {
  const clock = new ManualClock();
  const since = ms === undefined ? undefined : clock.monotonicMs() - ms;
  return { clock, hidden: new HiddenCreations(clock, GRACE_MS, () => since) };
}

const DEEDS: readonly (readonly [Creation, Action, Action])[] = [
  ['Role', action('CreateRole'), action('DeleteRole')],
  ['InstanceProfile', action('CreateInstanceProfile'), action('DeleteInstanceProfile')],
  ['Association', action('CreateAssociation'), action('DeleteAssociation')],
];

describe.each(DEEDS)('%s', (what, create, remove) => {
  test('may be hidden for the whole grace when it was made, whatever else failed', async () => {
    const { clock, hidden } = leadingFor(3_600_000);
    hidden.passed(KEY, { done: [create], begun: action('TagRole') }, new TerminalError('PolicyRefused', 'no'));
    expect(hidden.remainingMs(KEY, what)).toBe(GRACE_MS);
    await clock.advance(GRACE_MS - 1);
    expect(hidden.remainingMs(KEY, what)).toBe(1);
    await clock.advance(1);
    expect(hidden.remainingMs(KEY, what)).toBe(0);
  });

  test.each([
    ['no answer', NO_ANSWER],
    ['a name that is taken', undefined],
    ['a pass that was cut off', new Error('aborted')],
  ])('may be hidden for half a minute after %s', (_, failure) => {
    const { hidden } = leadingFor(3_600_000);
    hidden.passed(KEY, { done: [], begun: create }, failure);
    expect(hidden.remainingMs(KEY, what)).toBe(UNSURE_MS);
  });

  test.each([
    ['Waiting', new WaitingError('AccessDenied', 'no', 60_000)],
    ['Terminal', new TerminalError('QuotaExceeded', 'no')],
  ])('is not there when AWS refused to make it: %s', (_, failure) => {
    const { hidden } = leadingFor(3_600_000);
    hidden.passed(KEY, { done: [], begun: create }, failure);
    expect(hidden.remainingMs(KEY, what)).toBe(0);
  });

  test('is waited for as long when it is asked for again', () => {
    const { hidden } = leadingFor(3_600_000);
    hidden.passed(KEY, { done: [create] }, undefined);
    hidden.passed(KEY, { done: [], begun: create }, NO_ANSWER);
    expect(hidden.remainingMs(KEY, what)).toBe(GRACE_MS);
  });

  test('that an earlier leader may have asked for is waited for half a minute', () => {
    expect(leadingFor(0).hidden.remainingMs(KEY, what)).toBe(UNSURE_MS);
    expect(leadingFor(10_000).hidden.remainingMs(KEY, what)).toBe(UNSURE_MS - 10_000);
    expect(leadingFor(UNSURE_MS).hidden.remainingMs(KEY, what)).toBe(0);
    expect(leadingFor(undefined).hidden.remainingMs(KEY, what)).toBe(UNSURE_MS);
  });

  test.each([
    ['went', { done: [remove] }],
    ['was asked to go', { done: [], begun: remove }],
  ])('is not waited for once it %s, by whomever it was made', (_, facts) => {
    const { hidden } = leadingFor(0);
    hidden.passed(KEY, { done: [create] }, undefined);
    hidden.passed(KEY, facts, NO_ANSWER);
    expect(hidden.remainingMs(KEY, what)).toBe(0);
  });

  test('is waited for when it is made after another one went', () => {
    const { hidden } = leadingFor(3_600_000);
    hidden.passed(KEY, { done: [remove, create] }, undefined);
    expect(hidden.remainingMs(KEY, what)).toBe(GRACE_MS);
    hidden.forget(KEY);
    expect(hidden.remainingMs(KEY, what)).toBe(0);
  });
});

test('one that was made says nothing of the others', () => {
  const { hidden } = leadingFor(3_600_000);
  hidden.passed(KEY, { done: [action('CreateRole')] }, undefined);
  expect(hidden.remainingMs(KEY, 'InstanceProfile')).toBe(0);
  expect(hidden.remainingMs('billing/other', 'Role')).toBe(0);
});

test('what was asked for is not waited for longer than what was made', () => {
  const clock = new ManualClock();
  expect(new HiddenCreations(clock, 1_000, () => clock.monotonicMs()).remainingMs(KEY, 'Role')).toBe(1_000);
});
