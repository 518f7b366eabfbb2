import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { AppAccess } from '../../src/api/app-access.ts';
import {
  cut,
  expiredToken,
  type Fault,
  serverError,
  throttling,
  timeOut,
  unknownKey,
} from '../../src/dev/aws/faults.ts';
import { type EmbeddedWorld, startEmbeddedWorld } from '../support/embedded-world.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { recordingLogger } from '../support/recording-logger.ts';

const SPEC = {
  subject: { lambda: { functionName: 'uploader' } },
  grants: [{ s3: { bucket: 'invoices', prefix: 'uploads/', access: ['Write'] } }],
};
const POD_IDENTITY = { ...SPEC, subject: { serviceAccount: { name: 'uploader' } } };
const MANY = 60;
const MINUTE_MS = 60_000;
const SWEEP_MS = 10 * MINUTE_MS;

let world: EmbeddedWorld;
let clock: ManualClock;
let log: ReturnType<typeof recordingLogger>;
beforeEach(async () => {
  vi.stubEnv('AWS_MAX_ATTEMPTS', '1'); // the SDK waits by the machine's clock before it sends again
  clock = new ManualClock();
  world = await startEmbeddedWorld({ kubeClock: clock });
  log = recordingLogger();
});
afterEach(async () => {
  await world.stop();
  vi.unstubAllEnvs();
});

const start = (change = {}) => world.startController({ clock, log, sweepIntervalMs: SWEEP_MS, ...change });

const OUTAGES: readonly (readonly [string, () => void | Promise<void>, string, string, object])[] = [
  ['expired credentials', () => always(expiredToken()), 'NoCredentials', 'have expired', {}],
  [
    'credentials that AWS does not know',
    () => always(unknownKey()),
    'NoCredentials',
    'give the controller credentials',
    {},
  ],
  ['an AWS that answers every call with 500', () => always(serverError()), 'AwsUnavailable', 'HTTP 500', {}],
  ['an AWS that cuts every connection', () => always(cut()), 'AwsUnavailable', 'ECONNRESET', {}],
  ['an AWS that never answers', () => always(timeOut()), 'AwsUnavailable', 'ETIMEDOUT', { awsAnswerTimeoutMs: 50 }],
  ['an AWS that refuses connections', () => world.aws.hangUp(), 'AwsUnavailable', 'ECONNREFUSED', {}],
  ['an AWS that throttles every call', () => always(throttling()), 'Throttled', 'sent again more slowly', {}],
];

describe.each(OUTAGES)('%s', (_, begin, reason, words, settings) => {
  test('is told once for each new object, asked about sparely for an hour, and over without a restart', async () => {
    await start(settings);
    await begin();
    const names = await applyMany();
    await world.advance(clock, 3 * MINUTE_MS);
    await untilAll(names, reason);
    const before = counts();
    await world.advance(clock, 60 * MINUTE_MS);
    const after = counts();
    expect(after.calls - before.calls).toBeLessThanOrEqual(70); // one a minute, and the first few
    expect(after.statusWrites - before.statusWrites).toBeLessThanOrEqual(reason === 'NoCredentials' ? MANY : 0); // Stalled
    expect(linesAfter(before)).toBeLessThanOrEqual(70);
    expect(messageOf(await world.until(names[0] ?? '', () => true))).toContain(words);

    await end();
    await world.advance(clock, 2 * MINUTE_MS);
    await untilAll(names, 'Succeeded');
  });

  test('leaves objects that stand as they are, and what was changed behind their back is mended after it', async () => {
    const { name } = await standing(settings);
    await begin();
    const before = counts();
    await world.advance(clock, 30 * MINUTE_MS);
    const during = await world.until(name, () => true);
    expect(conditionsOf(during)).toEqual({
      Ready: 'True',
      PolicyValid: 'True',
      RoleReady: 'True',
      ...(reason === 'NoCredentials' ? { Drifted: 'Unknown' } : {}),
    });
    expect(counts().statusWrites - before.statusWrites).toBe(reason === 'NoCredentials' ? 1 : 0);

    const role = world.aws.snapshot().roles[0]?.name ?? '';
    world.aws.actAsOther('DeleteRolePolicy', { RoleName: role, PolicyName: 'appaccess' });
    await end();
    await world.advance(clock, SWEEP_MS * 1.2);
    await world.until(name, ({ status }) => status?.conditions?.every(({ type }) => type !== 'Drifted') === true);
    expect(Object.keys(world.aws.snapshot().roles[0]?.inlinePolicies ?? {})).toEqual(['appaccess']);
  });
});

test('an object that is deleted in an outage says what holds it, and goes when the outage is over', async () => {
  const { name } = await standing();
  always(expiredToken());
  await world.remove(name);
  const held = await world.until(name, ({ status }) => readyOf(status)?.reason === 'NoCredentials');
  expect(held.status?.conditions).toContainEqual(expect.objectContaining({ reason: 'DeletionBlocked' }));
  await world.advance(clock, 5 * MINUTE_MS);
  await end();
  await world.advance(clock, 2 * MINUTE_MS);
  await world.untilGone(name);
  expect(world.aws.snapshot().roles).toEqual([]);
});

describe('a controller whose own policy lacks one action', () => {
  test('says which one on every object, tries one object a minute, and goes on with all once it is allowed', async () => {
    await start();
    world.aws.failAlways('CreateRole', { kind: 'AccessDenied' });
    const names = await applyMany();
    await untilAll(names, 'AccessDenied');
    const before = counts();
    await world.advance(clock, 9 * MINUTE_MS);
    const after = counts();
    expect(after.calls - before.calls).toBeLessThanOrEqual(MANY + 30); // each once when it counts as stalled
    expect(after.statusWrites - before.statusWrites).toBeLessThanOrEqual(MANY);
    expect(linesAfter(before)).toBeLessThanOrEqual(15);
    const [first] = await Promise.all(names.map((name) => world.until(name, isStalled)));
    expect(messageOf(first as AppAccess)).toContain('allow iam:CreateRole');

    await end();
    await world.advance(clock, 2 * MINUTE_MS);
    await untilAll(names, 'Succeeded');
  });

  test('keeps nobody back whose calls are allowed', async () => {
    await start();
    world.aws.failNext('CreateRole', { kind: 'AccessDenied' });
    await world.apply('denied', SPEC);
    await world.untilReason('denied', 'AccessDenied');
    await world.apply('allowed', SPEC);
    await world.untilReady('allowed');
  });

  test('keeps the Ready of objects that stand, and says that their drift is unknown and why', async () => {
    const { name } = await standing();
    world.aws.failAlways('ListAttachedRolePolicies', { kind: 'AccessDenied' });
    await world.advance(clock, SWEEP_MS * 1.2);
    const seen = await world.until(name, ({ status }) => statusOf(status, 'Drifted') === 'Unknown');
    expect(statusOf(seen.status, 'Ready')).toBe('True');
    expect(JSON.stringify(seen.status)).toContain('allow iam:ListAttachedRolePolicies');
  });
});

test('a cluster name that EKS does not know is told with the flag to correct, and asked about sparely', async () => {
  await world.createServiceAccount('uploader');
  const { controllerSettings: settings } = world;
  await start({ settings: { ...settings, clusterName: 'elsewhere' } });
  await world.apply('uploader', POD_IDENTITY);
  const told = await world.untilReason('uploader', 'ClusterNotFound');
  expect(messageOf(told)).toContain('correct --cluster-name');
  const before = counts();
  await world.advance(clock, 30 * MINUTE_MS);
  expect(counts().calls - before.calls).toBeLessThanOrEqual(200);
});

test('a region that does not exist is told by the name that has no address', async () => {
  await start({ awsEndpoint: 'http://eks.eu-west-9.amazonaws.invalid' });
  await world.apply('uploader', SPEC);
  const told = await world.untilReason('uploader', 'AwsUnavailable');
  expect(messageOf(told)).toContain('eks.eu-west-9.amazonaws.invalid');
  expect(messageOf(told)).toContain('--region');
});

test('credentials that are renewed in their file are taken up without a restart', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'appaccess-credentials-'));
  const file = join(folder, 'credentials');
  const write = (key: string) =>
    writeFile(file, `[default]\naws_access_key_id = ${key}\naws_secret_access_key = secret\n`);
  await write('AKIAOLD');
  vi.stubEnv('AWS_ACCESS_KEY_ID', undefined);
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', undefined);
  vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', file);
  try {
    await start();
    await world.apply('first', SPEC);
    await world.untilReady('first');
    world.aws.expireAccessKey('AKIAOLD');
    await world.apply('second', SPEC);
    await world.untilReason('second', 'NoCredentials');
    await write('AKIANEW');
    await world.advance(clock, 2 * MINUTE_MS);
    await world.untilReady('second');
  } finally {
    await rm(folder, { recursive: true });
  }
});

function always(fault: Fault): void {
  world.aws.failAlways('*', fault);
}

async function end(): Promise<void> {
  world.aws.clearFaults();
  await world.aws.pickUp();
}

async function applyMany(): Promise<readonly string[]> {
  const names = Array.from({ length: MANY }, (_, index) => `app-${index}`);
  await Promise.all(names.map((name) => world.apply(name, SPEC)));
  return names;
}

/** One object that stands, and a controller that looks at it every ten minutes. */
async function standing(settings = {}): Promise<{ name: string }> {
  await start(settings);
  await world.apply('uploader', SPEC);
  await world.untilReady('uploader');
  return { name: 'uploader' };
}

async function untilAll(names: readonly string[], reason: string): Promise<void> {
  for (const name of names) await world.until(name, ({ status }) => readyOf(status)?.reason === reason);
}

function counts() {
  const writes = world.kube
    .requests()
    .find(({ verb, resource }) => `${verb} ${resource}` === 'update appaccesses/status');
  return { calls: world.aws.calls().length, statusWrites: writes?.count ?? 0, lines: log.lines.length };
}

function linesAfter(before: ReturnType<typeof counts>): number {
  return log.lines.length - before.lines;
}

function readyOf(status: AppAccess['status']) {
  return status?.conditions?.find(({ type }) => type === 'Ready');
}

function statusOf(status: AppAccess['status'], type: string) {
  return status?.conditions?.find((condition) => condition.type === type)?.status;
}

function conditionsOf({ status }: AppAccess) {
  return Object.fromEntries((status?.conditions ?? []).map((condition) => [condition.type, condition.status]));
}

function isStalled({ status }: AppAccess): boolean {
  return statusOf(status, 'Stalled') === 'True';
}

function messageOf({ status }: AppAccess): string {
  return readyOf(status)?.message ?? '';
}
