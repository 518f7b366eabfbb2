import { expect, test } from 'vitest';
import { type Logger, silentLogger } from '../../../src/base/logger.ts';
import { noTrace, noTracer, type Tracer } from '../../../src/base/pass-trace.ts';
import { noMetrics, type RuntimeMetrics } from '../../../src/runtime/metrics.ts';
import type { Reconcile, ReconcileResult } from '../../../src/runtime/pass.ts';
import { WorkQueue } from '../../../src/runtime/work-queue.ts';
import { Workers } from '../../../src/runtime/workers.ts';
import { ManualClock, settle } from '../../support/manual-clock.ts';
import { recordingLogger } from '../../support/recording-logger.ts';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const DONE: ReconcileResult = { kind: 'Done' };

function startWorkers(
  reconcile: Reconcile,
  given: { count?: number; log?: Logger; metrics?: RuntimeMetrics; tracer?: Tracer } = {},
) {
  const clock = new ManualClock();
  const metrics = given.metrics ?? noMetrics;
  const queue = new WorkQueue({ clock, metrics, random: () => 0.5 });
  const workers = new Workers({
    queue,
    reconcile,
    count: given.count ?? 2,
    timeLimitMs: 60_000,
    clock,
    log: given.log ?? silentLogger,
    metrics,
    tracer: given.tracer ?? noTracer,
  });
  workers.start();
  return { clock, queue, workers };
}

/** A reconcile whose passes end when the test says so. */
function heldPasses() {
  const passes: { key: string; signal: AbortSignal; end: (result: ReconcileResult) => void }[] = [];
  const reconcile: Reconcile = ({ key, signal }) =>
    new Promise((resolve) => {
      passes.push({ key, signal, end: resolve });
    });
  return { passes, reconcile };
}

test('workers run as many passes at once as there are workers', async () => {
  const { passes, reconcile } = heldPasses();
  const { queue, workers } = startWorkers(reconcile);
  for (const key of ['a', 'b', 'c']) queue.add(key);
  await settle();
  expect({ keys: passes.map(({ key }) => key), active: workers.active }).toEqual({ keys: ['a', 'b'], active: 2 });
  passes[0]?.end(DONE);
  await settle();
  expect(passes.map(({ key }) => key)).toEqual(['a', 'b', 'c']);
});

test('a key that is woken during its pass gets the next pass only when that has ended', async () => {
  const { passes, reconcile } = heldPasses();
  const { queue } = startWorkers(reconcile);
  queue.add('a');
  await settle();
  queue.add('a');
  await settle();
  expect(passes.length).toBe(1);
  passes[0]?.end(DONE);
  await settle();
  expect(passes.length).toBe(2);
});

test('of keys that wait for one thing one looks, a failure of its own leaves the look to the next, and a good end wakes all', async () => {
  const started: string[] = [];
  const results = new Map<string, ReconcileResult>();
  const outage: ReconcileResult = { kind: 'Wait', cause: 'aws', error: new Error('aws is out of order') };
  const { clock, queue } = startWorkers(async ({ key }) => {
    started.push(key);
    return results.get(key) ?? outage;
  });
  for (const key of ['a', 'b', 'c', 'd']) queue.add(key);
  await settle();
  started.length = 0;
  results.set('a', { kind: 'Terminal', error: new Error('the manifest is wrong') });
  await clock.advance(2_000);
  expect(started.splice(0)).toEqual(['a', 'b']);
  results.set('c', DONE);
  await clock.advance(4_000);
  expect(started).toEqual(['c', 'd', 'b']);
});

test('a pass that asks to be requeued runs again after that time, without back-off', async () => {
  const starts: number[] = [];
  const { clock, queue } = startWorkers(async () => {
    starts.push(clock.monotonicMs());
    return starts.length < 4 ? { kind: 'RequeueAfter', afterMs: 5_000 } : DONE;
  });
  queue.add('a');
  await clock.advance(60_000);
  expect(starts).toEqual([0, 5_000, 10_000, 15_000]);
});

test('a failed pass runs again with growing back-off, and a success ends the back-off', async () => {
  const starts: number[] = [];
  const { clock, queue } = startWorkers(async () => {
    starts.push(clock.monotonicMs());
    return starts.length === 4 ? DONE : { kind: 'Retry', error: new Error('throttled') };
  });
  queue.add('a');
  await clock.advance(1_000);
  expect(starts).toEqual([0, 100, 300, 700]);
  expect(queue.failures('a')).toBe(0);
});

test('a pass that throws is counted and logged as a bug and runs again, and its worker lives on', async () => {
  const log = recordingLogger();
  let panics = 0;
  let passes = 0;
  const bug = new TypeError('cannot read x of undefined');
  const { clock, queue } = startWorkers(
    async () => {
      passes += 1;
      if (passes === 1) throw bug;
      return DONE;
    },
    { count: 1, log, metrics: { ...noMetrics, reconcilePanic: () => (panics += 1) } },
  );
  queue.add('a');
  await clock.advance(1_000);
  expect({ passes, panics }).toEqual({ passes: 2, panics: 1 });
  expect(log.lines).toMatchObject([
    { level: 'error', message: 'pass threw', fields: { name: 'a', error: bug.message } },
  ]);
});

test('the signal of a pass aborts at the time limit, and the key keeps its place until the pass has ended', async () => {
  const { passes, reconcile } = heldPasses();
  const { clock, queue } = startWorkers(reconcile);
  queue.add('a');
  await clock.advance(60_000);
  expect(passes[0]?.signal.reason).toMatchObject({ reason: 'ReconcileTimeout' });
  queue.add('a');
  await clock.advance(60_000);
  expect(passes.length).toBe(1);
  passes[0]?.end({ kind: 'Retry', error: passes[0].signal.reason });
  await clock.advance(1_000);
  expect(passes.length).toBe(2);
});

test('stop waits for running passes and starts no further one', async () => {
  const { passes, reconcile } = heldPasses();
  const { queue, workers } = startWorkers(reconcile, { count: 1 });
  queue.add('a');
  queue.add('b');
  await settle();
  let stopped = false;
  const stop = workers.stop(30_000).then(() => {
    stopped = true;
  });
  await settle();
  expect(stopped).toBe(false);
  passes[0]?.end(DONE);
  await stop;
  expect({ keys: passes.map(({ key }) => key), aborted: passes[0]?.signal.aborted }).toEqual({
    keys: ['a'],
    aborted: false,
  });
});

test('stop aborts the passes that run past the drain time, and resolves even when they ignore it', async () => {
  const { passes, reconcile } = heldPasses();
  const { clock, queue, workers } = startWorkers(reconcile, { count: 1 });
  queue.add('a');
  await settle();
  const stop = workers.stop(30_000);
  await clock.advance(29_999);
  expect(passes[0]?.signal.aborted).toBe(false);
  await clock.advance(1);
  expect(passes[0]?.signal.reason).toMatchObject({ reason: 'ShuttingDown' });
  await clock.advance(5_000);
  await stop;
});

test('passes that wait for nothing let timers and requests have their turn between them', async () => {
  let passes = 0;
  let inThisTurn = 0;
  let mostInOneTurn = 0;
  const reconcile: Reconcile = async () => {
    passes += 1;
    inThisTurn += 1;
    mostInOneTurn = Math.max(mostInOneTurn, inThisTurn);
    return DONE;
  };
  const { queue } = startWorkers(reconcile, { count: 2 });
  for (let key = 0; key < 100; key += 1) queue.add(`key-${key}`);
  while (passes < 100) {
    inThisTurn = 0;
    await settle();
  }
  expect(mostInOneTurn).toBeLessThanOrEqual(12);
});

test('workers report outcome and duration of each pass and how many are active', async () => {
  const seen: unknown[] = [];
  const metrics: RuntimeMetrics = {
    ...noMetrics,
    maxWorkers: (count) => seen.push(['max', count]),
    activeWorkers: (count) => seen.push(['active', count]),
    reconcileDone: (outcome, seconds) => seen.push([outcome, seconds]),
  };
  const { passes, reconcile } = heldPasses();
  const { clock, queue } = startWorkers(reconcile, { count: 1, metrics });
  queue.add('a');
  await clock.advance(1_500);
  passes[0]?.end({ kind: 'RequeueAfter', afterMs: 10_000 });
  await settle();
  expect(seen).toEqual([
    ['max', 1],
    ['active', 1],
    ['requeue_after', 1.5],
    ['active', 0],
  ]);
});

test('a failure that no retry mends is counted as terminal, ends the back-off and is looked at again only when asked', async () => {
  const seen: unknown[] = [];
  const starts: number[] = [];
  const metrics: RuntimeMetrics = {
    ...noMetrics,
    terminalError: () => seen.push('terminal'),
    reconcileDone: (outcome) => seen.push(outcome),
  };
  const results: ReconcileResult[] = [
    { kind: 'Retry', error: new Error('throttled') },
    { kind: 'Terminal', error: new Error('refused'), recheckAfterMs: 5_000 },
    { kind: 'Terminal', error: new Error('refused') },
  ];
  const { clock, queue } = startWorkers(
    async () => {
      starts.push(clock.monotonicMs());
      return results.shift() ?? DONE;
    },
    { metrics },
  );
  queue.add('a');
  await clock.advance(3_600_000);
  expect({ starts, seen, failures: queue.failures('a') }).toEqual({
    starts: [0, 100, 5_100],
    seen: ['error', 'terminal', 'error', 'terminal', 'error'],
    failures: 0,
  });
});

test('a bug that the pass reported itself is counted as one', async () => {
  let panics = 0;
  const metrics: RuntimeMetrics = { ...noMetrics, reconcilePanic: () => (panics += 1) };
  const results: ReconcileResult[] = [{ kind: 'Retry', error: new Error('bug'), isBug: true }];
  const { clock, queue } = startWorkers(async () => results.shift() ?? DONE, { metrics });
  queue.add('a');
  await clock.advance(1_000);
  expect(panics).toBe(1);
});

test('each line about a pass names its object and carries an id that no other pass has, in the pass and about it', async () => {
  const log = recordingLogger();
  const results: ReconcileResult[] = [{ kind: 'Retry', error: new Error('throttled') }];
  const { clock, queue } = startWorkers(
    async (pass) => {
      pass.log.info('from within');
      return results.shift() ?? DONE;
    },
    { log: log.child({ controller: 'test' }) },
  );
  queue.add('billing/uploader');
  await clock.advance(1_000);
  queue.add('of-the-cluster');
  await clock.advance(0);
  const first = {
    controller: 'test',
    namespace: 'billing',
    name: 'uploader',
    reconcileID: expect.stringMatching(UUID),
  };
  expect(log.lines.map(({ message, fields }) => ({ message, ...fields }))).toEqual([
    { message: 'from within', ...first },
    { message: 'pass failed and will be retried', ...first, error: 'throttled' },
    { message: 'from within', ...first },
    { message: 'from within', controller: 'test', name: 'of-the-cluster', reconcileID: expect.stringMatching(UUID) },
  ]);
  const ids = log.lines.map(({ fields }) => fields.reconcileID);
  expect([ids[0] === ids[1], new Set(ids).size]).toEqual([true, 3]);
});

test.each([
  ['a failure is told', {}, [0, 1, 1, 1, 1]],
  ['a routine failure is told when it is the third in a row', { isRoutine: true }, [0, 0, 0, 1, 1]],
])('%s, once until a pass ends well', async (_, how, toldBefore) => {
  const log = recordingLogger();
  const failed: ReconcileResult = { kind: 'Retry', error: new Error('no'), ...how };
  const results = [failed, failed, failed, failed, DONE, failed, failed, failed, failed, DONE];
  const told: number[] = [];
  const reconcile = async () => {
    told.push(log.lines.length);
    return results.shift() ?? DONE;
  };
  const { clock, queue } = startWorkers(reconcile, { log });
  for (let round = 0; round < 2; round += 1) {
    queue.add('a');
    await clock.advance(60_000);
  }
  expect(told).toEqual([...toldBefore, ...toldBefore.map((count) => count + 1)]);
});

test('a failure that is not routine is told at once after one that is', async () => {
  const log = recordingLogger();
  const error = new Error('no');
  const routine: ReconcileResult = { kind: 'Retry', error: new Error('changed'), isRoutine: true };
  const results: ReconcileResult[] = [routine, { kind: 'Retry', error }, routine, { kind: 'Retry', error }];
  const { clock, queue } = startWorkers(async () => results.shift() ?? DONE, { log });
  queue.add('a');
  await clock.advance(60_000);
  expect(log.lines.map(({ fields }) => fields.error)).toEqual(['no']);
});

test('each pass is traced from its start to its end, with how it ended and why', async () => {
  const seen: unknown[] = [];
  const tracer: Tracer = {
    startPass({ namespace, name, priority }) {
      seen.push(['start', namespace, name, priority]);
      return { ...noTrace, end: (outcome, error) => seen.push(['end', outcome, error]) };
    },
  };
  const refused = new Error('refused');
  const results: ReconcileResult[] = [{ kind: 'Terminal', error: refused }, DONE];
  const { queue } = startWorkers(async () => results.shift() ?? DONE, { tracer, count: 1 });
  queue.add('a', 'Low');
  queue.add('team/b');
  await settle();
  expect(seen).toEqual([
    ['start', undefined, 'a', 'Low'],
    ['end', 'error', refused],
    ['start', 'team', 'b', 'Normal'],
    ['end', 'success', undefined],
  ]);
});
