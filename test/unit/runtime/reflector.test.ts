import { expect, test } from 'vitest';
import {
  bookmark,
  events,
  failing,
  initial,
  listEnd,
  modified,
  object,
  type ReflectorScript,
  refused,
  startScripted,
} from '../../support/scripted-reflector.ts';

/** What the server of `script` was asked, and the keys in the store when everything has been waited for. */
async function run(script: ReflectorScript): Promise<{ asked: string[]; keys: readonly string[] }> {
  const world = startScripted(script);
  await world.settle();
  await world.stop();
  return { asked: world.asked, keys: world.store.keys() };
}

test('a reflector syncs by a streaming list, swapped in at its end, and goes on watching on the same stream', async () => {
  const seen: [string, string, number][] = [];
  const world = await run({
    watches: [events([...initial('5', object('a', '1'), object('b', '2')), modified(object('a', '7'))])],
    onChange: ({ kind, key }, store) => seen.push([kind, key, store.size]),
  });
  expect(world).toEqual({
    asked: ['streaming list', 'watch after 7'],
    keys: ['default/a', 'default/b'],
  });
  expect(seen).toEqual([
    ['Added', 'default/a', 2],
    ['Added', 'default/b', 2],
    ['Updated', 'default/a', 2],
  ]);
});

test('a reflector is synced at the end of the streaming list and not before', async () => {
  const ends = Promise.withResolvers<void>();
  const world = startScripted({
    watches: [
      async function* () {
        yield { type: 'ADDED', object: object('a', '1') };
        yield bookmark('3');
        await ends.promise;
        yield listEnd('5');
      },
    ],
  });
  await world.clock.advance(0);
  expect([world.reflector.hasSynced(), world.store.size]).toEqual([false, 0]);
  ends.resolve();
  await world.reflector.waitForSync(new AbortController().signal);
  expect([world.reflector.hasSynced(), world.store.size]).toEqual([true, 1]);
  await world.stop();
});

test('a streaming list that breaks moves no version and leaves the last good copy, and pages come until one is whole', async () => {
  const world = startScripted({
    watches: [
      events([...initial('5', object('a', '1')), { type: 'ERROR', object: { code: 410 } }]),
      failing({}, [{ type: 'ADDED', object: object('b', '8') }, bookmark('8')]),
      failing({ status: 410 }),
    ],
    pages: [new Error('cut'), { items: [object('c', '9')], resourceVersion: '9' }],
  });
  await world.clock.advance(2_000);
  expect(world.asked).toEqual(['streaming list', 'streaming list', 'list 500']);
  expect(world.store.keys()).toEqual(['default/a']);
  await world.settle();
  expect(world.asked.slice(3)).toEqual(['list 500', 'watch after 9', 'streaming list']);
  expect(world.store.keys()).toEqual(['default/c']);
  await world.stop();
});

test.each([
  ['at once', 'is refused as invalid', refused],
  ['at once', 'is refused as a bad request', failing({ status: 400 })],
  ['after a wait', 'ends without its last bookmark', events([{ type: 'ADDED', object: object('x', '1') }])],
  ['after a wait', 'breaks', failing()],
])('a streaming list is replaced by a list in pages, %s, when it %s', async (when, _, watch) => {
  const world = startScripted({
    watches: [watch],
    pages: [
      { items: [object('a', '1')], resourceVersion: '5', continueToken: 'more' },
      { items: [object('b', '2')], resourceVersion: '5' },
    ],
  });
  await world.clock.advance(0);
  expect(world.asked).toHaveLength(when === 'at once' ? 4 : 1);
  await world.settle();
  expect(world.asked).toEqual(['streaming list', 'list 500', 'list after more', 'watch after 5']);
  expect(world.store.keys()).toEqual(['default/a', 'default/b']);
  await world.stop();
});

test('a list in pages is swapped in as a whole', async () => {
  const seen: number[] = [];
  await run({
    watches: [refused],
    pages: [
      { items: [object('a', '1')], resourceVersion: '5', continueToken: 'more' },
      { items: [object('b', '2')], resourceVersion: '5' },
    ],
    onChange: (_, store) => seen.push(store.size),
  });
  expect(seen).toEqual([2, 2]);
});

test('a page whose token has expired makes the list start afresh, in one piece', async () => {
  const world = await run({
    watches: [refused],
    pages: [
      { items: [object('a', '1'), object('gone', '2')], resourceVersion: '5', continueToken: 'old' },
      Object.assign(new Error('expired'), { status: 410 }),
      { items: [object('a', '1'), object('b', '8')], resourceVersion: '8' },
    ],
  });
  expect(world).toEqual({
    asked: ['streaming list', 'list 500', 'list after old', 'list all', 'watch after 8'],
    keys: ['default/a', 'default/b'],
  });
});

test('a bookmark moves the version that a watch resumes from', async () => {
  const world = await run({ watches: [events(initial('5')), events([bookmark('40')])] });
  expect(world.asked).toEqual(['streaming list', 'watch after 5', 'watch after 40']);
});

test.each([
  ['a version that is gone, told as an ERROR event,', events([{ type: 'ERROR', object: { code: 410 } }])],
  ['a version that is gone, told as an HTTP status,', failing({ status: 410 })],
  ['a version that is too large', failing({ status: 504 })],
  ['an ERROR event without a code', events([{ type: 'ERROR', object: { message: 'what?' } }])],
  [
    'an event that is not understood',
    async function* () {
      yield bookmark('7');
      throw new TypeError('no name');
    },
  ],
] satisfies [string, ReflectorScript['watches'][number]][])('%s is answered with a new list', async (_, watch) => {
  const world = await run({
    watches: [events(initial('5', object('a', '1'))), watch, events(initial('9', object('b', '9')))],
  });
  expect(world).toEqual({
    asked: ['streaming list', 'watch after 5', 'streaming list', 'watch after 9'],
    keys: ['default/b'],
  });
});

test.each([
  ['a connection that breaks', failing()],
  ['429', failing({ status: 429 })],
  ['429 as an ERROR event', events([{ type: 'ERROR', object: { code: 429 } }])],
  ['500', failing({ status: 500 })],
  ['503', failing({ status: 503 })],
  ['a watch that ends in order', events([], 60_000)],
])('%s costs a new watch from the same version and no list', async (_, watch) => {
  const world = await run({ watches: [events(initial('5', object('a', '1'))), watch] });
  expect(world).toEqual({ asked: ['streaming list', 'watch after 5', 'watch after 5'], keys: ['default/a'] });
});

test('a server that answers each watch from one version with 500 is listed after the sixth in a row', async () => {
  const broken = Array.from({ length: 5 }, () => failing({ status: 500 }));
  const world = startScripted({
    watches: [
      ...[events(initial('5', object('a', '1'))), ...broken, events([bookmark('6')]), ...broken],
      ...[failing({ status: 500 }), events(initial('9', object('b', '9')))],
    ],
  });
  await world.clock.advance(600_000);
  await world.stop();
  const after = (version: string, times: number) => Array(times).fill(`watch after ${version}`);
  const asked = ['streaming list', ...after('5', 6), ...after('6', 6), 'streaming list', 'watch after 9'];
  expect([world.asked, world.store.keys()]).toEqual([asked, ['default/b']]);
});

test('what a relist no longer shows is told as deleted with its last known state', async () => {
  const told: unknown[] = [];
  await run({
    watches: [
      events([...initial('5', object('a', '1')), modified(object('a', '6'))]),
      failing({ status: 410 }),
      events(initial('9')),
    ],
    onChange: (change) => told.push(change),
  });
  expect(told.at(-1)).toEqual({ kind: 'Deleted', key: 'default/a', old: object('a', '6') });
});

test.each([
  ['in a watch', [events([...initial('5', object('a', '1')), modified(object('a', '7', 'uid-2'))])]],
  [
    'between two lists',
    [events(initial('5', object('a', '1'))), failing({ status: 410 }), events(initial('9', object('a', '7', 'uid-2')))],
  ],
])('an object deleted and made again %s is told as deleted and added', async (_, watches) => {
  const kinds: string[] = [];
  await run({ watches, onChange: ({ kind }) => kinds.push(kind) });
  expect(kinds).toEqual(['Added', 'Deleted', 'Added']);
});
