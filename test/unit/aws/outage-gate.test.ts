import { expect, test } from 'vitest';
import { createOutageGate } from '../../../src/aws/outage-gate.ts';
import type { ServiceFault } from '../../../src/aws/service-fault.ts';
import { TransientError, WaitingError } from '../../../src/base/errors.ts';
import { ManualClock, settle } from '../../support/manual-clock.ts';

const never = new AbortController().signal;
const DOWN = new TransientError('AwsUnavailable', 'no usable answer');

function openGate(fault: ServiceFault = DOWN) {
  const clock = new ManualClock();
  const changes: (string | undefined)[] = [];
  const gate = createOutageGate({ service: 'iam', clock, onChange: (change) => changes.push(change?.reason) });
  const fail = (times: number) => {
    for (let i = 0; i < times; i++) gate.failed(fault);
  };
  return { clock, gate, changes, fail };
}

const reasonOf = (entering: Promise<unknown>) =>
  entering.then(
    () => 'entered',
    (error: ServiceFault) => error.reason,
  );

test('a gate lets calls through until five faults came in a row, and an answer in between counts', async () => {
  const { gate, fail } = openGate();
  fail(4);
  gate.answered();
  fail(4);
  expect(await reasonOf(gate.enter(never))).toBe('entered');
  fail(1);
  expect(await reasonOf(gate.enter(never))).toBe('AwsUnavailable');
});

test('an open gate throws the fault with the class, words and outage that all keys share, and when to look again', async () => {
  const { gate, clock, fail } = openGate(new WaitingError('NoCredentials', 'give some', 60_000));
  fail(5);
  await clock.advance(2_000);
  const error: unknown = await gate.enter(never).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(WaitingError);
  expect(error).toMatchObject({
    reason: 'NoCredentials',
    message: 'give some',
    requeueAfterMs: 3_050,
    outage: { name: 'iam NoCredentials', retryAfterMs: 3_050 },
  });
});

test('after its wait one call probes while the others wait for how it ends', async () => {
  const { gate, clock, fail } = openGate();
  fail(5);
  await clock.advance(5_000);
  expect(await reasonOf(gate.enter(never))).toBe('entered');
  const second = reasonOf(gate.enter(never));
  const third = reasonOf(gate.enter(never));
  await settle();
  gate.answered();
  expect(await Promise.all([second, third])).toEqual(['entered', 'entered']);
});

test('a probe that fails doubles the wait, up to a minute', async () => {
  const { gate, clock, fail } = openGate();
  fail(5);
  const waits: number[] = [];
  for (let probe = 0; probe < 6; probe++) {
    const startedMs = clock.monotonicMs();
    while ((await reasonOf(gate.enter(never))) !== 'entered') await clock.advance(1_000);
    waits.push(clock.monotonicMs() - startedMs);
    fail(1);
  }
  expect(waits).toEqual([5_000, 10_000, 20_000, 40_000, 60_000, 60_000]);
});

test('a probe that was cut off leaves its place to the next call', async () => {
  const { gate, clock, fail } = openGate();
  fail(5);
  await clock.advance(5_000);
  const leave = await gate.enter(never);
  leave();
  expect(await reasonOf(gate.enter(never))).toBe('entered');
});

test('a call that waits for a probe ends with its signal', async () => {
  const { gate, clock, fail } = openGate();
  fail(5);
  await clock.advance(5_000);
  await gate.enter(never);
  const abort = new AbortController();
  const waiting = gate.enter(abort.signal);
  abort.abort(new Error('stopping'));
  await expect(waiting).rejects.toThrow('stopping');
});

test('a gate tells when an outage begins and ends, not each failure in it', async () => {
  const { gate, clock, changes, fail } = openGate();
  fail(20);
  await clock.advance(5_000);
  await gate.enter(never);
  fail(1);
  await clock.advance(10_000);
  await gate.enter(never);
  gate.answered();
  gate.answered();
  expect(changes).toEqual(['AwsUnavailable', undefined]);
});
