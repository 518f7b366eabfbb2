import { expect, test } from 'vitest';
import { createOutageGate } from '../../../src/aws/outage-gate.ts';
import { watchService } from '../../../src/aws/service-watch.ts';
import { ManualClock } from '../../support/manual-clock.ts';

const TOGETHER = 20;

function throttling(): Error {
  return Object.assign(new Error('Rate exceeded'), { name: 'ThrottlingException', $fault: 'client' });
}

function openWatch() {
  const clock = new ManualClock();
  const changes: (string | undefined)[] = [];
  const gate = createOutageGate({ service: 'iam', clock, onChange: (change) => changes.push(change?.reason) });
  const watch = watchService({
    service: 'iam',
    gate,
    clock,
    isFromService: () => true,
    renewCredentials: async () => undefined,
  });
  /** Many requests at once, all of which fail with `fault` a moment later. */
  const failTogether = async (fault: () => Error) => {
    const answer = Promise.withResolvers<never>();
    answer.promise.catch(() => undefined);
    const requests = Array.from({ length: TOGETHER }, () => watch.request(() => answer.promise).catch(() => undefined));
    await clock.advance(20);
    answer.reject(fault());
    await Promise.all(requests);
    await clock.advance(1_000);
  };
  return { changes, failTogether };
}

test('requests that are throttled together count once, so that a busy AWS is not taken for an outage', async () => {
  const { changes, failTogether } = openWatch();
  for (let round = 0; round < 4; round += 1) await failTogether(throttling);
  expect(changes).toEqual([]);
  await failTogether(throttling);
  expect(changes).toEqual(['Throttled']);
});

test('requests that get no answer count each, so that an outage is seen at once', async () => {
  const { changes, failTogether } = openWatch();
  await failTogether(() => Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' }));
  expect(changes).toEqual(['AwsUnavailable']);
});
