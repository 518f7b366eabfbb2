import { expect, test } from 'vitest';
import { unlessAborted } from '../../../src/base/unless-aborted.ts';

test('a promise that settles first is what comes out', async () => {
  const { signal } = new AbortController();
  expect(await unlessAborted(Promise.resolve('answer'), signal)).toBe('answer');
  await expect(unlessAborted(Promise.reject(new Error('no')), signal)).rejects.toThrow('no');
});

test('an abort comes out with its reason, and before an answer that is there already', async () => {
  const ending = new AbortController();
  const waiting = unlessAborted(new Promise(() => undefined), ending.signal);
  ending.abort(new Error('stopping'));
  await expect(waiting).rejects.toThrow('stopping');
  await expect(unlessAborted(Promise.resolve('answer'), ending.signal)).rejects.toThrow('stopping');
});

test('a promise that fails after the abort is no unhandled rejection', async () => {
  const late = Promise.withResolvers<never>();
  await expect(unlessAborted(late.promise, AbortSignal.abort(new Error('stopping')))).rejects.toThrow('stopping');
  late.reject(new Error('too late')); // vitest fails a run with an unhandled rejection
  await new Promise(setImmediate);
});
