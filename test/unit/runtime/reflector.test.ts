import { expect, test } from 'vitest';
import { silentLogger } from '../../../src/base/logger.ts';
import { Reflector } from '../../../src/runtime/reflector.ts';
import { Store } from '../../../src/runtime/store.ts';
import type { ListPage, WatchEvent, WatchedObject } from '../../../src/runtime/watched-object.ts';
import { ManualClock } from '../../support/manual-clock.ts';

type Watch = (version: string, signal: AbortSignal) => AsyncIterable<WatchEvent<WatchedObject>>;
const LONG_MS = 60_000;

test('a reflector lists page by page and swaps its store in one step when the list ends', async () => {
  const seen: number[] = [];
  const world = start({
    pages: [
      { items: [object('a', '1')], resourceVersion: '5', continueToken: 'more' },
      { items: [object('b', '2')], resourceVersion: '5' },
    ],
    watches: [silence],
    onChange: (store) => seen.push(store.size),
  });
  await world.settle();
  expect(world.store.keys()).toEqual(['default/a', 'default/b']);
  expect(seen).toEqual([2, 2]);
  await world.stop();
});

test('a reflector watches from the version of its list and resumes from that of the last event', async () => {
  const world = start({
    pages: [{ items: [object('a', '1')], resourceVersion: '5' }],
    watches: [events({ type: 'MODIFIED', object: object('a', '7') }), silence],
  });
  await world.settle();
  expect(world.watched).toEqual(['5', '7']);
  expect(world.lists).toBe(1);
  await world.stop();
});

test('a bookmark moves the version that a watch resumes from', async () => {
  const world = start({
    pages: [{ items: [], resourceVersion: '5' }],
    watches: [events({ type: 'BOOKMARK', object: { metadata: { resourceVersion: '40' } } }), silence],
  });
  await world.settle();
  expect(world.watched).toEqual(['5', '40']);
  await world.stop();
});

test.each([
  ['as an ERROR event', events({ type: 'ERROR', object: { code: 410, reason: 'Expired' } })],
  ['as an HTTP status', failing(410)],
])('a version that is gone, told %s, is answered with a new list', async (_, watch) => {
  const world = start({
    pages: [
      { items: [object('a', '1')], resourceVersion: '5' },
      { items: [object('b', '9')], resourceVersion: '9' },
    ],
    watches: [watch, silence],
  });
  await world.settle();
  expect(world.lists).toBe(2);
  expect(world.store.keys()).toEqual(['default/b']);
  expect(world.watched).toEqual(['5', '9']);
  await world.stop();
});

test.each([
  ['a connection that breaks', failing(undefined)],
  ['429', failing(429)],
  ['503', failing(503)],
])('%s is waited out without a new list', async (_, watch) => {
  const world = start({ pages: [{ items: [], resourceVersion: '5' }], watches: [watch, silence] });
  await world.settle();
  expect(world.lists).toBe(1);
  expect(world.watched).toEqual(['5', '5']);
  await world.stop();
});

test('a list that fails leaves the last good copy and is tried again after a wait', async () => {
  const world = start({
    pages: [
      { items: [object('a', '1')], resourceVersion: '5' },
      new Error('connection refused'),
      { items: [], resourceVersion: '9' },
    ],
    watches: [failing(410), silence],
  });
  await world.clock.advance(0);
  expect(world.store.keys()).toEqual(['default/a']);
  await world.settle();
  expect(world.store.keys()).toEqual([]);
  await world.stop();
});

test('an object deleted and made again with another uid is told as deleted and added', async () => {
  const kinds: string[] = [];
  const world = start({
    pages: [{ items: [object('a', '1', 'uid-1')], resourceVersion: '5' }],
    watches: [events({ type: 'MODIFIED', object: object('a', '7', 'uid-2') }), silence],
    onKind: (kind) => kinds.push(kind),
  });
  await world.settle();
  expect(kinds).toEqual(['Added', 'Deleted', 'Added']);
  await world.stop();
});

function start(options: {
  pages: readonly (ListPage<WatchedObject> | Error)[];
  watches: readonly Watch[];
  onChange?: (store: Store<WatchedObject>) => void;
  onKind?: (kind: string) => void;
}) {
  const clock = new ManualClock();
  const store = new Store<WatchedObject>(silentLogger, {});
  const pages = [...options.pages];
  const watches = [...options.watches];
  const watched: string[] = [];
  const counts = { lists: 0 };
  store.subscribe((change) => {
    options.onChange?.(store);
    options.onKind?.(change.kind);
  });
  const reflector = new Reflector({
    async list({ continueToken }) {
      if (continueToken === undefined) counts.lists += 1;
      const page = pages.shift();
      if (page === undefined || page instanceof Error) throw page ?? new Error('no more lists');
      return page;
    },
    watch({ resourceVersion }, signal) {
      watched.push(resourceVersion);
      return (watches.shift() ?? silence)(resourceVersion, signal);
    },
    store,
    clock,
    log: silentLogger,
    random: () => 0.5,
  });
  const stopping = new AbortController();
  const running = reflector.run(stopping.signal);
  return {
    clock,
    store,
    watched,
    get lists() {
      return counts.lists;
    },
    /** Lets every wait of the script pass. */
    settle: () => clock.advance(LONG_MS),
    async stop() {
      stopping.abort(new Error('end of the test'));
      await running;
    },
  };
}

/** A watch on which nothing happens until it is aborted. */
async function* silence(_version: string, signal: AbortSignal): AsyncGenerator<WatchEvent<WatchedObject>> {
  await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
}

function events(...list: WatchEvent<WatchedObject>[]): Watch {
  return async function* () {
    yield* list;
  };
}

function failing(status: number | undefined): Watch {
  // biome-ignore lint/correctness/useYield: it fails before the first event
  return async function* () {
    throw Object.assign(new Error('the watch failed'), status === undefined ? {} : { status });
  };
}

function object(name: string, resourceVersion: string, uid = 'uid-1'): WatchedObject {
  return { metadata: { namespace: 'default', name, uid, resourceVersion } };
}
