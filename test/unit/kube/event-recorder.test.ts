import { expect, test } from 'vitest';
import { type Logger, silentLogger } from '../../../src/base/logger.ts';
import { EventRecorder } from '../../../src/kube/event-recorder.ts';
import { KubeApiError } from '../../../src/kube/kube-api-error.ts';
import { ManualClock } from '../../support/manual-clock.ts';

const RECORD = {
  regarding: { apiVersion: 'example.dev/v1', kind: 'Widget', namespace: 'team', name: 'one', uid: 'uid-1' },
  type: 'Normal',
  reason: 'Applied',
  action: 'Reconcile',
  note: 'made it',
} as const;

test('an event is written once, and its repetition within six minutes raises the count of a series', async () => {
  const world = recorder();
  world.recorder.record(RECORD);
  await world.recorder.flush();
  await world.clock.advance(60_000);
  world.recorder.record(RECORD);
  await world.recorder.flush();
  expect(world.written).toMatchObject([
    { call: 'create', body: { reason: 'Applied', note: 'made it', eventTime: '2026-01-01T00:00:00.000000Z' } },
    { call: 'patch', body: { series: { count: 2, lastObservedTime: '2026-01-01T00:01:00.000000Z' } } },
  ]);
});

test('a repetition after six minutes is an event of its own', async () => {
  const world = recorder();
  world.recorder.record(RECORD);
  await world.recorder.flush();
  await world.clock.advance(6 * 60_000);
  world.recorder.record(RECORD);
  await world.recorder.flush();
  expect(world.written.map(({ call }) => call)).toEqual(['create', 'create']);
});

test('an event that cannot be written is lost and keeps none back that follow', async () => {
  const world = recorder({ failures: 1 });
  world.recorder.record(RECORD);
  world.recorder.record({ ...RECORD, note: 'second' });
  await world.recorder.flush();
  expect(world.written).toMatchObject([{ body: { note: 'second' } }]);
});

test('an event about a cluster-scoped object goes to namespace default, and its note is cut to 1024 bytes', async () => {
  const world = recorder();
  const { namespace: _, ...regarding } = RECORD.regarding;
  world.recorder.record({ ...RECORD, regarding, note: 'ä'.repeat(2000) });
  await world.recorder.flush();
  const [event] = world.written;
  expect(event?.body).toMatchObject({ metadata: { namespace: 'default' } });
  // 1,024 bytes less 3 for the ellipsis hold 510 letters of 2 bytes; half a letter is none.
  expect(event?.body.note).toBe(`${'ä'.repeat(510)}…`);
});

/** A DNS subdomain, which the name of an Event has to be. */
const VALID_NAME = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;

test.each(['-', '.', '.-'])(
  'an event about an object whose long name has "%s" where it is cut has a valid name',
  async (cut) => {
    const world = recorder();
    const name = `${'a'.repeat(230 - cut.length)}${cut}${'b'.repeat(20)}`;
    world.recorder.record({ ...RECORD, regarding: { ...RECORD.regarding, name } });
    await world.recorder.flush();
    expect(world.written).toMatchObject([{ body: { metadata: { name: expect.stringMatching(VALID_NAME) } } }]);
  },
);

test('an event that somebody deleted is created anew when it is repeated', async () => {
  const world = recorder({ gone: true });
  world.recorder.record(RECORD);
  await world.recorder.flush();
  await world.clock.advance(60_000);
  world.recorder.record(RECORD);
  await world.recorder.flush();
  expect(world.written.map(({ call }) => call)).toEqual(['create', 'create']);
});

test('events that come while a thousand wait are dropped, and their number is logged', async () => {
  const world = recorder();
  for (let count = 0; count < 1_003; count += 1) world.recorder.record({ ...RECORD, note: `event ${count}` });
  await world.recorder.flush();
  world.recorder.record({ ...RECORD, note: 'after' });
  await world.recorder.flush();
  expect(world.written.length).toBe(1_001);
  expect(world.warnings).toEqual([['events dropped because too many waited', { count: 3 }]]);
});

test('of a thousand and one different events the first is forgotten, and its repetition is an event of its own', async () => {
  const world = recorder();
  const record = async (count: number) => {
    world.recorder.record({ ...RECORD, note: `event ${count}` });
    await world.recorder.flush();
  };
  for (let count = 0; count <= 1_000; count += 1) await record(count);
  world.written.length = 0;
  await record(1_000);
  await record(0);
  expect(world.written.map(({ call }) => call)).toEqual(['patch', 'create']);
});

function recorder({ failures = 0, gone = false } = {}) {
  const clock = new ManualClock();
  const written: { call: string; body: Record<string, unknown> }[] = [];
  let left = failures;
  const write = async (call: string, body: unknown) => {
    if (left > 0) {
      left -= 1;
      throw new Error('refused');
    }
    written.push({ call, body: body as Record<string, unknown> });
    return body as never;
  };
  const client = {
    create: (_path: unknown, body: unknown) => write('create', body),
    patch: (_path: unknown, body: unknown) => (gone ? Promise.reject(notFound()) : write('patch', body)),
  };
  const warnings: unknown[] = [];
  const log: Logger = { ...silentLogger, warn: (message, fields) => warnings.push([message, fields]) };
  const options = { client, clock, log, controller: 'example.dev/controller', instance: 'one' };
  return { recorder: new EventRecorder(options), clock, written, warnings };
}

function notFound(): KubeApiError {
  return new KubeApiError({ status: 404, body: '{"reason":"NotFound"}', request: 'patch events' });
}
