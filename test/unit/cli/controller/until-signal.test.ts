import { expect, test } from 'vitest';
import { untilSignal } from '../../../../src/cli/controller/until-signal.ts';

test('untilSignal resolves with nothing when what else ends the program comes first, and keeps nothing alive then', async () => {
  const before = held();
  const lost = Promise.withResolvers<void>();
  const signal = untilSignal(lost.promise);
  expect(held()).not.toEqual(before);
  lost.resolve();
  expect(await signal).toBeUndefined();
  expect(held()).toEqual(before);
});

test('untilSignal resolves with the name of a signal', async () => {
  const signal = untilSignal();
  process.emit('SIGTERM', 'SIGTERM');
  expect(await signal).toBe('SIGTERM');
});

/** What keeps a process from its end, and from ending by a signal. */
function held() {
  const timers = process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length;
  return { timers, listeners: process.listenerCount('SIGTERM') + process.listenerCount('SIGINT') };
}
