import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { AppAccess } from '../../src/api/app-access.ts';
import { serverError } from '../../src/dev/aws/faults.ts';
import { ACCOUNT } from '../support/builders.ts';
import { type EmbeddedWorld, startEmbeddedWorld } from '../support/embedded-world.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { recordingLogger } from '../support/recording-logger.ts';

const SPEC = {
  subject: { lambda: { functionName: 'uploader' } },
  grants: [{ s3: { bucket: 'invoices', prefix: 'uploads/', access: ['Write'] } }],
};
const OTHER_ACCOUNT = '999999999999';
const MINUTE_MS = 60_000;

let world: EmbeddedWorld;
let clock: ManualClock;
let log: ReturnType<typeof recordingLogger>;
let folder: string;
beforeEach(async () => {
  vi.stubEnv('AWS_MAX_ATTEMPTS', '1'); // the SDK waits by the machine's clock before it sends again
  clock = new ManualClock();
  log = recordingLogger();
  world = await startEmbeddedWorld({ kubeClock: clock });
  folder = await mkdtemp(join(tmpdir(), 'appaccess-credentials-'));
  vi.stubEnv('AWS_ACCESS_KEY_ID', undefined);
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', undefined);
  vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', join(folder, 'credentials'));
  world.aws.assignAccessKey('AKIAOTHER', OTHER_ACCOUNT);
});
afterEach(async () => {
  await world.stop();
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true });
});

const start = () => world.startController({ clock, log, sweepIntervalMs: 10 * MINUTE_MS });

test('credentials of another account write nothing anywhere, are asked about once, and recover without a restart', async () => {
  await giveCredentials('AKIAOTHER');
  await start();
  const names = Array.from({ length: 20 }, (_, index) => `app-${index}`);
  await Promise.all(names.map((name) => world.apply(name, SPEC)));
  for (const name of names) await world.untilReason(name, 'WrongAccount');
  await world.advance(clock, 60 * MINUTE_MS);
  expect(actions()).toEqual(['GetCallerIdentity']);
  expect([world.aws.snapshot(ACCOUNT).roles, world.aws.snapshot(OTHER_ACCOUNT).roles]).toEqual([[], []]);
  expect(log.lines.length).toBeLessThanOrEqual(70); // one a minute, and the first few
  const told = await world.until('app-0', ({ status }) => conditionOf(status, 'Stalled') === 'True');
  expect(JSON.stringify(told.status)).toContain(`of account ${OTHER_ACCOUNT}, but it is configured for ${ACCOUNT}`);

  await giveCredentials('AKIARIGHT');
  await world.advance(clock, 2 * MINUTE_MS);
  for (const name of names) await world.untilReady(name);
  expect(actions().filter((action) => action === 'GetCallerIdentity')).toHaveLength(2);
  expect(world.aws.snapshot(OTHER_ACCOUNT).roles).toEqual([]);
});

test('an object that stands keeps its Ready, and one that is deleted keeps its role, while another account answers', async () => {
  await giveCredentials('AKIARIGHT');
  await start();
  for (const name of ['standing', 'leaving']) {
    await world.apply(name, SPEC);
    await world.untilReady(name);
  }
  world.aws.expireAccessKey('AKIARIGHT');
  await giveCredentials('AKIAOTHER');
  await world.advance(clock, 15 * MINUTE_MS);
  const standing = await world.until('standing', ({ status }) => conditionOf(status, 'Drifted') === 'Unknown');
  expect(conditionOf(standing.status, 'Ready')).toBe('True');
  expect(standing.status?.role?.id).toBeDefined();
  await world.remove('leaving');
  const held = await world.untilReason('leaving', 'WrongAccount');
  expect(held.status?.conditions).toContainEqual(expect.objectContaining({ reason: 'DeletionBlocked' }));
  expect(world.aws.snapshot().roles).toHaveLength(2);

  await giveCredentials('AKIANEW');
  await world.advance(clock, 15 * MINUTE_MS);
  await world.untilGone('leaving');
  expect(world.aws.snapshot().roles.map(({ arn }) => arn)).toEqual([standing.status?.role?.arn]);
});

test('objects that come at once share one question, and one that failed is asked again', async () => {
  await giveCredentials('AKIARIGHT');
  world.aws.failNext('GetCallerIdentity', serverError());
  await start();
  const names = Array.from({ length: 20 }, (_, index) => `app-${index}`);
  await Promise.all(names.map((name) => world.apply(name, SPEC)));
  await world.advance(clock, MINUTE_MS);
  for (const name of names) await world.untilReady(name);
  await world.passOver('app-0');
  expect(actions().filter((action) => action === 'GetCallerIdentity')).toHaveLength(2);
});

function giveCredentials(key: string): Promise<void> {
  const text = `[default]\naws_access_key_id = ${key}\naws_secret_access_key = secret\n`;
  return writeFile(join(folder, 'credentials'), text);
}

function actions(): readonly string[] {
  return world.aws.calls().map(({ action }) => action);
}

function conditionOf(status: AppAccess['status'], type: string): string | undefined {
  return status?.conditions?.find((condition) => condition.type === type)?.status;
}
