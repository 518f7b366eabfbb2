import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type EmbeddedWorld, startEmbeddedWorld } from '../support/embedded-world.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { recordingLogger } from '../support/recording-logger.ts';

const SPEC = {
  subject: { lambda: { functionName: 'uploader' } },
  grants: [{ s3: { bucket: 'invoices', prefix: 'uploads/', access: ['Write'] } }],
};
const EDITED = { ...SPEC, grants: [{ s3: { bucket: 'invoices', prefix: 'other/', access: ['Write'] } }] };
const MANY = 40;
const MINUTE_MS = 60_000;

let world: EmbeddedWorld;
let clock: ManualClock;
let log: ReturnType<typeof recordingLogger>;
beforeEach(async () => {
  clock = new ManualClock();
  log = recordingLogger();
  world = await startEmbeddedWorld({ kubeClock: clock });
});
afterEach(async () => {
  world.kube.mend();
  await world.kube.pickUp();
  await world.stop();
});

const start = () => world.startController({ clock, log, awaitReady: false });

type Begin = () => void | Promise<void>;
const FAULTS: readonly (readonly [string, Begin, string])[] = [
  ['refuses connections', () => world.kube.hangUp(), 'ECONNREFUSED'],
  ['is frozen', () => world.kube.freeze(), 'no whole answer within 30 s'],
  ['answers every request with 500', () => world.kube.failAlways('*', '*', 500), 'injected fault'],
  ['answers every request with 503', () => world.kube.failAlways('*', '*', 503), 'injected fault'],
  ['answers every request with 401', () => world.kube.failAlways('*', '*', 401), 'renew the token'],
];

describe.each(FAULTS)('a Kubernetes API that %s', (_, begin, words) => {
  test('at the start is waited for sparely, with a line in the log a minute', async () => {
    await world.apply('uploader', SPEC);
    await begin();
    const controller = await start();
    await world.advance(clock, 30 * MINUTE_MS);
    expect(controller.isReady()).toBe(false);
    expect(requests()).toBeLessThanOrEqual(3 * 180); // one in ten seconds; a 503 is sent three times
    expect(log.lines.length).toBeLessThanOrEqual(35);
    expect(JSON.stringify(log.lines)).toContain(words);
    expect(world.aws.calls()).toEqual([]);

    await mend();
    await world.advance(clock, MINUTE_MS);
    await world.untilReady('uploader');
  });

  test('later is asked sparely while objects stay as they are, and an edit is followed after it', async () => {
    const controller = await start();
    await world.apply('uploader', SPEC);
    await controller.leading;
    await world.untilReady('uploader');
    const before = { requests: requests(), calls: world.aws.calls().length };
    await begin();
    world.kube.dropWatches();
    await world.advance(clock, 30 * MINUTE_MS);
    // Two kinds are watched, each asked for again every ten seconds at most; a 503 is sent three times.
    expect(requests() - before.requests).toBeLessThanOrEqual(3 * 2 * 180);
    expect(log.lines.length).toBeLessThanOrEqual(2 * 35);
    expect(world.aws.calls()).toHaveLength(before.calls);

    await mend();
    await world.apply('uploader', EDITED);
    await world.advance(clock, MINUTE_MS);
    await world.until('uploader', ({ metadata, status }) => status?.observedGeneration === metadata.generation);
    expect(JSON.stringify(world.aws.snapshot())).toContain('invoices/other/*');
    expect(log.lines.map(({ message }) => message)).toContain('list and watch work again');
  });
});

test('a list that RBAC forbids is told with the rule that is missing, and synced once it is allowed', async () => {
  await world.apply('uploader', SPEC);
  for (const verb of ['list', 'watch']) world.kube.failAlways(verb, 'appaccesses', 403);
  const controller = await start();
  await world.advance(clock, 10 * MINUTE_MS);
  expect(controller.isReady()).toBe(false);
  expect(JSON.stringify(log.lines)).toContain(
    "allow the controller's service account to list and watch appaccesses.appaccess.dev",
  );
  expect(log.lines.length).toBeLessThanOrEqual(15);
  world.kube.mend();
  await world.advance(clock, MINUTE_MS);
  await world.untilReady('uploader');
});

test('statuses that nobody may write are tried by one object a minute, and all are written once it is allowed', async () => {
  const controller = await start();
  await controller.leading;
  world.kube.failAlways('update', 'appaccesses/status', 403);
  const names = Array.from({ length: MANY }, (_, index) => `app-${index}`);
  await Promise.all(names.map((name) => world.apply(name, SPEC)));
  await world.advance(clock, MINUTE_MS);
  expect(world.aws.snapshot().roles).toHaveLength(MANY);
  const before = { requests: requests(), lines: log.lines.length };
  await world.advance(clock, 20 * MINUTE_MS);
  expect(requests() - before.requests).toBeLessThanOrEqual(3 * 25);
  expect(log.lines.length - before.lines).toBeLessThanOrEqual(50); // a look, and what it found
  expect(JSON.stringify(log.lines)).toContain("allow the controller's service account to write the status");
  world.kube.mend();
  await world.advance(clock, 2 * MINUTE_MS);
  for (const name of names) await world.untilReady(name);
  expect(world.aws.snapshot().roles).toHaveLength(MANY);
});

test('a watch that has gone silent is opened again within minutes, and what was missed is followed', async () => {
  const controller = await start();
  await controller.leading;
  await world.apply('uploader', SPEC);
  await world.untilReady('uploader');
  world.kube.silenceWatches();
  await world.apply('uploader', EDITED);
  await world.advance(clock, 4 * MINUTE_MS);
  await world.until('uploader', ({ metadata, status }) => status?.observedGeneration === metadata.generation);
});

async function mend(): Promise<void> {
  world.kube.mend();
  await world.kube.pickUp();
}

/** Requests about objects that came in, those of the test apart. */
function requests(): number {
  return world.kube.requests().reduce((sum, { count }) => sum + count, 0);
}
