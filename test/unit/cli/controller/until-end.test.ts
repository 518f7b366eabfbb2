import { expect, test } from 'vitest';
import { silentLogger } from '../../../../src/base/logger.ts';
import { untilEnd } from '../../../../src/cli/controller/until-end.ts';

test('a controller whose lead was lost ends with 1, and nothing keeps the process alive then', async () => {
  const before = held();
  const lost = Promise.withResolvers<void>();
  const end = untilEnd({ lost: lost.promise }, silentLogger);
  expect(held()).not.toEqual(before);
  lost.resolve();
  expect(await end).toBe(1);
  expect(held()).toEqual(before);
});

test.each(['SIGTERM', 'SIGINT'] as const)('a controller that %s stops ends with 0', async (signal) => {
  const before = held();
  const end = untilEnd({ lost: new Promise(() => undefined) }, silentLogger);
  process.emit(signal, signal);
  expect(await end).toBe(0);
  expect(held()).toEqual(before);
});

/** What keeps a process from its end, and from ending by a signal. */
function held() {
  const timers = process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length;
  return { timers, listeners: process.listenerCount('SIGTERM') + process.listenerCount('SIGINT') };
}
