import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import type { WatchedObject } from '../../../src/runtime/watched-object.ts';
import { settle } from '../../support/manual-clock.ts';
import { events, initial, object, refused, startScripted, type Watch } from '../../support/scripted-reflector.ts';

setFlagsFromString('--expose-gc');
const collectGarbage: () => void = runInNewContext('gc');

const RELISTS = 20;
const OBJECTS = 50;

/** So many objects of one list, of which one in ten changes with each list. */
function listed(list: number, seen: WeakRef<WatchedObject>[]): WatchedObject[] {
  return Array.from({ length: OBJECTS }, (_, index) => {
    const made = object(`app-${index}`, String(index % 10 === list % 10 ? 1_000 + list : index));
    seen.push(new WeakRef(made));
    return made;
  });
}

test.each(['streaming lists', 'lists in pages'])('memory does not grow with relists by %s', async (way) => {
  const seen: WeakRef<WatchedObject>[] = [];
  const lists = Array.from({ length: RELISTS }, (_, index) => index + 1);
  const gone = { type: 'ERROR' as const, object: { code: 410 } };
  const streamed = lists.map(
    (list): Watch =>
      (signal, clock) =>
        events([...initial(String(list), ...listed(list, seen)), gone])(signal, clock),
  );
  const pages = lists.map((list) => ({ items: lazily(() => listed(list, seen)), resourceVersion: String(list) }));
  const world = startScripted(
    way === 'streaming lists'
      ? { watches: streamed }
      : { watches: lists.flatMap(() => [refused, events([gone])]), pages },
  );
  await world.clock.advance(RELISTS * 30_000);
  await settle(); // what a turn of the event loop has looked at lives to its end
  collectGarbage();
  expect(seen).toHaveLength(RELISTS * OBJECTS);
  const alive = seen.filter((reference) => reference.deref() !== undefined).length;
  expect(alive).toBeLessThanOrEqual(2 * OBJECTS); // the garbage collector may leave the last list for its next run
  expect(world.store.size).toBe(OBJECTS);
  await world.stop();
});

/** An array that is made when it is walked over, and kept by nobody. */
function lazily(make: () => WatchedObject[]): readonly WatchedObject[] {
  return Object.assign([], { [Symbol.iterator]: () => make()[Symbol.iterator]() });
}
