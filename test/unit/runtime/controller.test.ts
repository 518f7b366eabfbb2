import { expect, test } from 'vitest';
import { silentLogger } from '../../../src/base/logger.ts';
import { noTracer } from '../../../src/base/pass-trace.ts';
import { Controller } from '../../../src/runtime/controller.ts';
import { noMetrics } from '../../../src/runtime/metrics.ts';
import type { ReconcileResult } from '../../../src/runtime/pass.ts';
import { Reflector } from '../../../src/runtime/reflector.ts';
import { type Source, sourceOf } from '../../../src/runtime/source.ts';
import { Store, type StoreChange } from '../../../src/runtime/store.ts';
import type { WatchEvent, WatchedObject } from '../../../src/runtime/watched-object.ts';
import { ManualClock, settle } from '../../support/manual-clock.ts';

const never = new AbortController().signal;
const RESYNC_MS = 45_000;

test('no pass starts before every source has synced', async () => {
  const clock = new ManualClock();
  const other = kind(clock, [widget('other')], { listWhen: Promise.withResolvers<void>() });
  const world = newController(clock, kind(clock, [widget('a')]), [sourceOf(other.reflector, () => [])]);
  let hasStarted = false;
  const started = world.controller.start(never).then(() => {
    hasStarted = true;
  });
  await settle();
  expect({ hasStarted, passes: world.passes, ready: world.controller.isReady() }).toEqual({
    hasStarted: false,
    passes: [],
    ready: false,
  });
  other.letList();
  await started;
  world.controller.work();
  await settle();
  expect({ passes: world.passes, ready: world.controller.isReady() }).toEqual({ passes: ['team/a'], ready: true });
  await world.controller.stop();
});

test('a controller that stands by follows the cluster, makes no pass, and works on what is there once it may', async () => {
  const clock = new ManualClock();
  const primary = kind(clock, [widget('a'), widget('b')]);
  const world = newController(clock, primary);
  await world.controller.start(never);
  primary.send({ type: 'DELETED', object: widget('a') });
  primary.send({ type: 'ADDED', object: widget('c') });
  await clock.advance(10 * RESYNC_MS);
  expect({ passes: world.passes, ready: world.controller.isReady() }).toEqual({ passes: [], ready: true });
  world.controller.work();
  await settle();
  expect(world.passes).toEqual(['team/b', 'team/c']);
  await world.controller.stop();
});

test('what was asked for while nobody worked goes first when work begins', async () => {
  const clock = new ManualClock();
  const leaving = widget('c', { deletionTimestamp: '2026-01-01T00:00:00Z' });
  const world = newController(clock, kind(clock, [widget('a'), widget('b'), leaving]));
  await world.start();
  await settle();
  expect(world.passes).toEqual(['team/c', 'team/a', 'team/b']);
  await world.controller.stop();
});

test('a controller cannot work before it has started, and does not after it was stopped', async () => {
  const clock = new ManualClock();
  const world = newController(clock, kind(clock, [widget('a')]));
  expect(() => world.controller.work()).toThrow('works once it has started');
  await world.controller.start(never);
  await world.controller.stop();
  world.controller.work();
  await settle();
  expect({ passes: world.passes, timers: clock.pendingTimers }).toEqual({ passes: [], timers: 0 });
});

test('a new spec, a deletion and a chosen annotation wake a key, a new status does not', async () => {
  const clock = new ManualClock();
  const primary = kind(clock, [widget('a', { generation: 1, resourceVersion: '1' })]);
  const world = newController(clock, primary);
  await world.start();
  const passesAfter = async (metadata: Partial<WatchedObject['metadata']>) => {
    await settle();
    world.passes.length = 0;
    primary.send({ type: 'MODIFIED', object: widget('a', metadata) });
    await settle();
    return world.passes.length;
  };
  const annotated = { ask: 'now', note: 'x' };
  expect({
    status: await passesAfter({ generation: 1, resourceVersion: '2' }),
    spec: await passesAfter({ generation: 2, resourceVersion: '3' }),
    otherAnnotation: await passesAfter({ generation: 2, resourceVersion: '4', annotations: { note: 'x' } }),
    chosenAnnotation: await passesAfter({ generation: 2, resourceVersion: '5', annotations: annotated }),
    deletion: await passesAfter({
      generation: 2,
      resourceVersion: '6',
      annotations: annotated,
      deletionTimestamp: '2026-01-01T00:00:00Z',
    }),
  }).toEqual({ status: 0, spec: 1, otherAnnotation: 0, chosenAnnotation: 1, deletion: 1 });
  await world.controller.stop();
});

test('a change wakes the keys that it is related to, once its own store has it', async () => {
  const clock = new ManualClock();
  const primary = kind(clock, [widget('a'), widget('b')]);
  const seen: (readonly string[])[] = [];
  const world = newController(clock, primary, [], ({ kind: what }) => {
    seen.push(primary.reflector.store.keys());
    return what === 'Deleted' ? ['team/b'] : [];
  });
  await world.start();
  await settle();
  world.passes.length = 0;
  primary.send({ type: 'DELETED', object: widget('a') });
  await settle();
  expect({ passes: world.passes, seen: seen.at(-1) }).toEqual({ passes: ['team/a', 'team/b'], seen: ['team/b'] });
  await world.controller.stop();
});

test('a function that throws on a change costs the changed object no pass of its own', async () => {
  const clock = new ManualClock();
  const primary = kind(clock, [widget('a')]);
  const world = newController(clock, primary, [], () => {
    throw new Error('bug');
  });
  await world.start();
  await settle();
  primary.send({ type: 'DELETED', object: widget('a') });
  await settle();
  expect(world.passes).toEqual(['team/a', 'team/a']);
  await world.controller.stop();
});

test('an object that goes wakes its key once more', async () => {
  const clock = new ManualClock();
  const primary = kind(clock, [widget('a')]);
  const world = newController(clock, primary);
  await world.start();
  await settle();
  primary.send({ type: 'DELETED', object: widget('a') });
  await settle();
  expect(world.passes).toEqual(['team/a', 'team/a']);
  await world.controller.stop();
});

test('a change of another source wakes the keys that it is mapped to', async () => {
  const clock = new ManualClock();
  const other = kind(clock, []);
  const world = newController(clock, kind(clock, []), [
    sourceOf(other.reflector, ({ key }) => [`${key}-first`, `${key}-second`]),
  ]);
  await world.start();
  other.send({ type: 'ADDED', object: widget('x') });
  await settle();
  expect(world.passes).toEqual(['team/x-first', 'team/x-second']);
  await world.controller.stop();
});

test('a resync gives every key a pass, again and again', async () => {
  const clock = new ManualClock();
  const world = newController(clock, kind(clock, [widget('a'), widget('b')]));
  await world.start();
  await settle();
  world.passes.length = 0;
  await clock.advance(2 * RESYNC_MS);
  expect(world.passes).toEqual(['team/a', 'team/b', 'team/a', 'team/b']);
  await world.controller.stop();
});

test('what all keys get, at the start and at a resync, gives way to what one of them asks for', async () => {
  const clock = new ManualClock();
  const primary = kind(clock, [widget('a', { generation: 1, resourceVersion: '1' })]);
  const world = newController(clock, primary);
  await world.start();
  await settle();
  await clock.advance(RESYNC_MS);
  primary.send({ type: 'MODIFIED', object: widget('a', { generation: 2, resourceVersion: '2' }) });
  primary.send({ type: 'ADDED', object: widget('b', { generation: 1, resourceVersion: '3' }) });
  await settle();
  expect(world.priorities).toEqual(['Low', 'Low', 'Normal', 'Normal']);
  await world.controller.stop();
});

test('a start that is given up stops what it began and rejects with the reason', async () => {
  const clock = new ManualClock();
  const world = newController(clock, kind(clock, [], { listWhen: Promise.withResolvers<void>() }));
  const giveUp = new AbortController();
  const started = world.controller.start(giveUp.signal);
  giveUp.abort(new Error('no cluster'));
  await expect(started).rejects.toThrow('no cluster');
  expect({ ready: world.controller.isReady(), timers: clock.pendingTimers }).toEqual({ ready: false, timers: 0 });
});

test('stop leaves no timer, no watch, no listener and no pass behind, and may be called twice', async () => {
  const clock = new ManualClock();
  const primary = kind(clock, [widget('a')]);
  let told = 0;
  const world = newController(clock, primary, [], () => {
    told += 1;
    return [];
  });
  await world.start();
  await settle();
  await Promise.all([world.controller.stop(), world.controller.stop()]);
  primary.store.set(widget('b'));
  await clock.advance(10 * RESYNC_MS);
  expect({
    passes: world.passes,
    told,
    ready: world.controller.isReady(),
    timers: clock.pendingTimers,
    watching: primary.isWatched(),
  }).toEqual({ passes: ['team/a'], told: 0, ready: false, timers: 0, watching: false });
});

function widget(name: string, metadata: Partial<WatchedObject['metadata']> = {}): WatchedObject {
  return { metadata: { namespace: 'team', name, uid: `uid-${name}`, ...metadata } };
}

/** A reflector over a kind that holds `objects`, and what the test does to that kind. */
function kind(
  clock: ManualClock,
  objects: readonly WatchedObject[],
  { listWhen }: { listWhen?: PromiseWithResolvers<void> } = {},
) {
  const store = new Store<WatchedObject>(silentLogger, {});
  let watcher: ((event: WatchEvent<WatchedObject>) => void) | undefined;
  const reflector = new Reflector<WatchedObject>({
    async list(_request, signal) {
      await Promise.race([listWhen?.promise, aborted(signal)]);
      return { items: objects, resourceVersion: '1' };
    },
    async *watch({ sendInitialEvents }, signal) {
      if (sendInitialEvents) throw Object.assign(new Error('lists in pages only'), { status: 422 });
      const waiting: WatchEvent<WatchedObject>[] = [];
      let more = Promise.withResolvers<void>();
      watcher = (event) => {
        waiting.push(event);
        more.resolve();
      };
      try {
        while (true) {
          await Promise.race([more.promise, aborted(signal)]);
          more = Promise.withResolvers<void>();
          yield* waiting.splice(0);
        }
      } finally {
        watcher = undefined;
      }
    },
    store,
    clock,
    log: silentLogger,
    random: () => 0.5,
  });
  return {
    reflector,
    store,
    letList: () => listWhen?.resolve(),
    send: (event: WatchEvent<WatchedObject>) => watcher?.(event),
    isWatched: () => watcher !== undefined,
  };
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}

/** A controller that writes down each pass; `random` is a half, so that a resync comes exactly at its interval. */
function newController(
  clock: ManualClock,
  primary: ReturnType<typeof kind>,
  sources: readonly Source[] = [],
  relatedKeys: (change: StoreChange<WatchedObject>) => readonly string[] = () => [],
) {
  const passes: string[] = [];
  const priorities: string[] = [];
  const controller = new Controller({
    primary: primary.reflector,
    sources,
    relatedKeys,
    reconcile: async ({ key, priority }): Promise<ReconcileResult> => {
      passes.push(key);
      priorities.push(priority());
      return { kind: 'Done' };
    },
    isBehind: ({ metadata }) => metadata.deletionTimestamp !== undefined,
    annotationOf: (annotations) => annotations.ask,
    workers: 1,
    timeLimitMs: 60_000,
    sweepIntervalMs: RESYNC_MS,
    drainMs: 1_000,
    clock,
    random: () => 0.5,
    log: silentLogger,
    metrics: noMetrics,
    tracer: noTracer,
  });
  const start = async () => {
    await controller.start(never);
    controller.work();
  };
  return { controller, start, passes, priorities };
}
