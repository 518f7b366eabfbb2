import type { ServerResponse } from 'node:http';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { WatchPipe } from '../../support/fault-proxy/watch-pipe.ts';

test('what comes when a delay is over does not overtake what was delayed', async () => {
  const [upstream, outgoing] = [new PassThrough(), new PassThrough()];
  const pipe = new WatchPipe(upstream, outgoing as unknown as ServerResponse);
  const arrived = text(outgoing);
  for (let number = 0; number < 20; number += 1) {
    pipe.delay(number % 2 === 0 ? 20 : 0);
    upstream.write(`${number} `);
    await nextTurn(); // what was written has come
  }
  upstream.end();
  expect(await arrived).toBe(Array.from({ length: 20 }, (_, number) => `${number} `).join(''));
});
