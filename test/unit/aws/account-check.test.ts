import { expect, test } from 'vitest';
import { createAccountCheck } from '../../../src/aws/account-check.ts';
import { TransientError } from '../../../src/base/errors.ts';
import { ManualClock } from '../../support/manual-clock.ts';

const OURS = '111122223333';
const THEIRS = '444455556666';
const signal = new AbortController().signal;

/** A check of credentials with `key`, of which `renew` makes others; AWS tells each key's account, or fails for none. */
function start(accounts: Readonly<Record<string, string>>, key: string | undefined) {
  const clock = new ManualClock();
  const asked: (string | undefined)[] = [];
  const world = { key, renew: () => world.key, failure: undefined as Error | undefined };
  const check = createAccountCheck({
    accountId: OURS,
    clock,
    async credentials(options) {
      if (options?.forceRefresh === true) world.key = world.renew();
      if (world.key === undefined) throw new Error('no credentials');
      return { accessKeyId: world.key };
    },
    async accountOf() {
      asked.push(world.key);
      if (world.failure !== undefined) throw world.failure;
      return accounts[world.key ?? ''] ?? '';
    },
  });
  return { check, clock, world, asked };
}

test('the account check asks once for each access key, however many calls come', async () => {
  const { check, world, asked } = start({ A: OURS, B: OURS }, 'A');
  await Promise.all([check.pass(signal), check.pass(signal)]);
  await check.pass(signal);
  world.key = 'B'; // as the SDK renews what expires
  await check.pass(signal);
  expect(asked).toEqual(['A', 'B']);
});

test('the account check refuses a key of another account and never asks about it again', async () => {
  const { check, clock, asked } = start({ A: THEIRS }, 'A');
  for (let minute = 0; minute < 10; minute += 1) {
    await expect(check.pass(signal)).rejects.toMatchObject({ reason: 'WrongAccount', name: 'WaitingError' });
    await clock.advance(60_000);
  }
  expect(asked).toEqual(['A']);
});

test('the account check renews credentials of another account once a minute, and asks about those that differ', async () => {
  const { check, clock, world, asked } = start({ A: THEIRS, B: OURS }, 'A');
  let renewals = 0;
  world.renew = () => {
    renewals += 1;
    return 'B';
  };
  await expect(check.pass(signal)).rejects.toMatchObject({ outage: { name: 'WrongAccount', retryAfterMs: 60_050 } });
  await clock.advance(59_999);
  await expect(check.pass(signal)).rejects.toMatchObject({ reason: 'WrongAccount' });
  expect(renewals).toBe(0);
  await clock.advance(1);
  await check.pass(signal);
  expect({ renewals, asked }).toEqual({ renewals: 1, asked: ['A', 'B'] });
});

test('the account check passes on why AWS did not say, to all that wait, and asks again for the next', async () => {
  const { check, world, asked } = start({ A: OURS }, 'A');
  world.failure = new TransientError('AwsUnavailable', 'no answer');
  const answers = await Promise.allSettled([check.pass(signal), check.pass(signal)]);
  expect(answers.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  world.failure = undefined;
  await check.pass(signal);
  expect(asked).toEqual(['A', 'A']);
});

test('without credentials the account check lets AWS say why, and trusts no answer that has no key', async () => {
  const { check, world, asked } = start({ '': OURS }, undefined);
  await check.pass(signal);
  world.failure = new TransientError('AwsUnavailable', 'no answer');
  await expect(check.pass(signal)).rejects.toBe(world.failure);
  expect(asked).toEqual([undefined, undefined]);
});

test('a pass that is cut off leaves the question to the others', async () => {
  const { check, asked } = start({ A: OURS }, 'A');
  const cutOff = new AbortController();
  const first = check.pass(cutOff.signal);
  const second = check.pass(signal);
  cutOff.abort(new Error('cut off'));
  await expect(first).rejects.toThrow('cut off');
  await second;
  expect(asked).toEqual(['A']);
});
