import { expect, test } from 'vitest';
import { type SharedWait, SharedWaits } from '../../../src/runtime/shared-waits.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { recordingLogger } from '../../support/recording-logger.ts';

const wait = (cause: string, more: Partial<SharedWait> = {}): SharedWait => ({
  kind: 'Wait',
  cause,
  error: new Error(`${cause} is out of order`),
  ...more,
});

function start() {
  const clock = new ManualClock();
  const log = recordingLogger();
  const woken: string[] = [];
  const waits = new SharedWaits({ wake: (key) => woken.push(key), clock, log });
  return { clock, log, woken, waits };
}

test('of many keys that wait for one thing one is woken at a time, in turn and less and less often', async () => {
  const { clock, woken, waits } = start();
  for (const key of ['a', 'b', 'c']) waits.add(key, 'Normal', wait('aws'));
  const times: string[] = [];
  for (let second = 0; second < 180; second++) {
    await clock.advance(1_000);
    for (const key of woken.splice(0)) {
      times.push(`${key} ${clock.monotonicMs() / 1000}`);
      waits.add(key, 'Normal', wait('aws'));
    }
  }
  expect(times).toEqual(['a 2', 'b 6', 'c 14', 'a 30', 'b 62', 'c 122']);
});

test('a time that comes with the wait counts instead of the back-off', async () => {
  const { clock, woken, waits } = start();
  waits.add('a', 'Normal', wait('aws', { retryAfterMs: 7_000 }));
  await clock.advance(6_999);
  expect(woken).toEqual([]);
  await clock.advance(1);
  expect(woken).toEqual(['a']);
});

test('a key that got on wakes all others that waited for the same thing, and nobody else', () => {
  const { woken, waits } = start();
  for (const key of ['a', 'b', 'c']) waits.add(key, 'Normal', wait('aws'));
  waits.add('d', 'Normal', wait('kubernetes'));
  waits.gotOn('b');
  waits.gotOn('not waiting');
  expect(woken).toEqual(['a', 'c']);
});

test('a key that fails for a reason of its own while it looks leaves the look to the next, and wakes nobody else', async () => {
  const { clock, woken, waits } = start();
  for (const key of ['a', 'b', 'c']) waits.add(key, 'Normal', wait('aws'));
  await clock.advance(2_000);
  waits.leave('a');
  expect(woken.splice(0)).toEqual(['a', 'b']);
  waits.add('b', 'Normal', wait('aws'));
  await clock.advance(60_000);
  expect(woken).toEqual(['c']);
});

test('a key that fails for a reason of its own while another waits to look changes nothing for the others', async () => {
  const { clock, log, woken, waits } = start();
  for (const key of ['a', 'b']) waits.add(key, 'Normal', wait('aws'));
  waits.leave('a');
  waits.leave('not waiting');
  await clock.advance(1_999);
  expect(woken).toEqual([]);
  await clock.advance(1);
  expect(woken).toEqual(['b']);
  waits.leave('b');
  waits.gotOn('a');
  await clock.advance(3_600_000);
  expect(woken).toEqual(['b']);
  expect(log.lines.map(({ message }) => message)).not.toContain('wait is over');
});

test('a key is woken with the priority of the pass that ended in the wait', () => {
  const woken: string[] = [];
  const wake = (key: string, priority: string) => woken.push(`${key} ${priority}`);
  const waits = new SharedWaits({ wake, clock: new ManualClock(), log: recordingLogger() });
  waits.add('resynced', 'Low', wait('aws'));
  waits.add('edited', 'Normal', wait('aws'));
  waits.add('first', 'Normal', wait('aws'));
  waits.gotOn('first');
  expect(woken).toEqual(['resynced Low', 'edited Normal']);
});

test('a key that meets another fault ends the wait for the first one', () => {
  const { woken, waits } = start();
  for (const key of ['a', 'b']) waits.add(key, 'Normal', wait('credentials'));
  waits.add('a', 'Normal', wait('network'));
  expect(woken).toEqual(['b']);
});

test('a key that looks out of turn puts off nobody', async () => {
  const { clock, woken, waits } = start();
  waits.add('a', 'Normal', wait('aws'));
  await clock.advance(1_900);
  waits.add('b', 'Normal', wait('aws'));
  waits.add('b', 'Normal', wait('aws'));
  await clock.advance(100);
  expect(woken).toEqual(['a']);
});

test('a wait is logged when it begins, about once a minute with the number of its keys, and when it is over', async () => {
  const { clock, log, waits, woken } = start();
  for (let key = 0; key < 500; key++) waits.add(`key-${key}`, 'Normal', wait('aws'));
  for (let second = 0; second < 300; second++) {
    await clock.advance(1_000);
    for (const key of woken.splice(0)) waits.add(key, 'Normal', wait('aws'));
  }
  waits.gotOn('key-9');
  expect(log.lines.map(({ message, fields }) => `${message} ${fields.keys}`)).toEqual([
    'objects wait together 1',
    'objects wait together 500',
    'objects wait together 500',
    'objects wait together 500',
    'objects wait together 500',
    'wait is over 500',
  ]);
});

test('after a stop nobody is woken', async () => {
  const { clock, woken, waits } = start();
  waits.add('a', 'Normal', wait('aws'));
  waits.stop();
  waits.add('b', 'Normal', wait('aws'));
  await clock.advance(600_000);
  expect({ woken, timers: clock.pendingTimers }).toEqual({ woken: [], timers: 0 });
});
