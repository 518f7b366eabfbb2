import { afterEach, beforeEach, expect, test } from 'vitest';
import type { RunningController } from '../../src/cli/controller/start-controller.ts';
import { type EmbeddedWorld, startEmbeddedWorld } from '../support/embedded-world.ts';
import { JumpClock } from '../support/jump-clock.ts';

const SPEC = {
  subject: { lambda: { functionName: 'uploader' } },
  grants: [{ s3: { bucket: 'invoices', prefix: 'uploads/', access: ['Write'] } }],
};
const edited = (prefix: string) => ({ ...SPEC, grants: [{ s3: { bucket: 'invoices', prefix, access: ['Write'] } }] });
/** Distrusts reads of AWS for as long as in production. */
const CAUTIOUS = { echoGraceMs: 120_000 };

let world: EmbeddedWorld;
beforeEach(async () => {
  world = await startEmbeddedWorld();
});
afterEach(() => world.stop());

test('an edit made while every watch was cut is followed', async () => {
  await world.startController();
  await world.apply('uploader', SPEC);
  await world.untilReady('uploader');
  world.kube.dropWatches();
  await world.apply('uploader', edited('other/'));
  await world.until('uploader', isSettled);
  expect(JSON.stringify(world.aws.snapshot())).toContain('invoices/other/*');
});

test('an edit made while all versions expired is followed', async () => {
  await world.startController();
  await world.apply('uploader', SPEC);
  await world.untilReady('uploader');
  world.kube.expireWatches();
  await world.apply('uploader', edited('other/'));
  await world.until('uploader', isSettled);
  expect(JSON.stringify(world.aws.snapshot())).toContain('invoices/other/*');
});

test('a Kubernetes API that fails at the start is waited for', async () => {
  world.kube.failNext('get', 'namespaces', 503, 3);
  for (const verb of ['watch', 'list']) world.kube.failNext(verb, 'appaccesses', 500);
  await world.apply('uploader', SPEC);
  await world.startController();
  await world.untilReady('uploader');
});

test('a status that could not be written is written by a later pass, and the role is made once', async () => {
  await world.startController();
  world.kube.failNext('update', 'appaccesses/status', 500, 2);
  await world.apply('uploader', SPEC);
  await world.untilReady('uploader');
  expect(world.aws.snapshot().roles).toHaveLength(1);
  expect(world.aws.calls().filter(({ action }) => action === 'PutRolePolicy')).toHaveLength(1);
});

test('an event that cannot be written fails no pass', async () => {
  await world.startController();
  world.kube.failNext('create', 'events', 500, 5);
  await world.apply('uploader', SPEC);
  await world.untilReady('uploader');
});

test('a role that AWS does not show yet is no reason to make another', async () => {
  await world.stop();
  world = await startEmbeddedWorld({ visibilityDelayMs: 1_500 });
  await world.startController(CAUTIOUS);
  await world.apply('uploader', SPEC);
  await world.untilReady('uploader');
  await world.apply('uploader', SPEC, { 'reconcile.fluxcd.io/requestedAt': 'now' });
  const after = await world.until('uploader', ({ status }) => status?.lastHandledReconcileAt === 'now');
  expect(after.status?.role?.id).toBe(world.aws.snapshot().roles[0]?.id);
  expect(world.aws.calls().filter(({ action }) => action === 'CreateRole')).toHaveLength(1);
});

/** What happens between the start of a controller and the deletion of its object, whose role is hidden all the while. */
const BEFORE_DELETION: readonly (readonly [string, (controller: RunningController) => Promise<unknown>])[] = [
  ['that was made a moment ago', () => world.untilReady('uploader')],
  [
    'whose making had no answer',
    () => {
      world.aws.failNext('CreateRole', { kind: 'LostAnswer' });
      return world.untilReason('uploader', 'RoleNotVisible');
    },
  ],
  [
    'whose making had no answer before it was denied',
    () => {
      world.aws.failNext('CreateRole', { kind: 'LostAnswer' });
      world.aws.failNext('CreateRole', { kind: 'AccessDenied' });
      return world.untilReason('uploader', 'AccessDenied');
    },
  ],
  [
    'that a replica made which is gone',
    async (controller) => {
      await world.untilReady('uploader');
      await controller.stop();
      await world.startController(CAUTIOUS);
    },
  ],
];

test.each(BEFORE_DELETION)('a role %s is not left behind, though AWS does not show it yet', async (_, before) => {
  await world.stop();
  world = await startEmbeddedWorld({ visibilityDelayMs: 1_500 });
  const clock = new JumpClock();
  const controller = await world.startController({ ...CAUTIOUS, clock });
  clock.jump(60_000); // what it does by itself as long as it has just begun to lead is over
  const happened = before(controller);
  await world.apply('uploader', SPEC);
  await happened;
  await world.remove('uploader');
  await world.untilGone('uploader');
  expect(world.aws.snapshot().roles).toEqual([]);
});

test.each([
  ['a role that AWS does not know when it is to delete it is not left behind while it is new', 'NotVisible'],
  ['a role whose deletion had no answer holds its object no longer than that', 'LostAnswer'],
] as const)('%s', async (_, kind) => {
  await world.startController(CAUTIOUS);
  await world.apply('uploader', SPEC);
  await world.untilReady('uploader');
  world.aws.failNext('DeleteRole', { kind });
  await world.remove('uploader');
  await world.untilGone('uploader');
  expect(world.aws.snapshot().roles).toEqual([]);
});

test('an object that the API server takes away past our new finalizer leaves no role behind', async () => {
  await world.startController();
  await world.apply('uploader', SPEC);
  await world.untilReady('uploader');
  world.kube.lose('appaccesses', 'default', 'uploader');
  await world.untilEvents('Deleted', 1);
  expect(world.aws.snapshot().roles).toEqual([]);
});

test('an object that is made again where one was taken away past our finalizer keeps the role', async () => {
  await world.startController();
  await world.apply('uploader', SPEC);
  const { status } = await world.untilReady('uploader');
  world.kube.lose('appaccesses', 'default', 'uploader');
  await world.apply('uploader', SPEC);
  await world.untilReady('uploader');
  await world.passOver('uploader');
  expect(world.aws.snapshot().roles.map(({ id }) => id)).toEqual([status?.role?.id]);
});

test('objects that are gone with no word leave their roles, as when the cluster is set back to a backup', async () => {
  const clock = new JumpClock();
  await world.startController({ clock });
  for (const name of ['lost', 'uploader']) await world.apply(name, SPEC);
  for (const name of ['lost', 'uploader']) await world.untilReady(name);
  clock.jump(60_000);
  world.kube.lose('appaccesses', 'default', 'lost');
  await world.passOver('uploader');
  expect(world.aws.snapshot().roles).toHaveLength(2);
});

test('an edit follows even while AWS still shows what was there before the last write', async () => {
  await world.startController(CAUTIOUS);
  await world.apply('uploader', SPEC);
  await world.untilReady('uploader');
  await world.apply('uploader', edited('other/'));
  await world.until('uploader', isSettled);
  await world.apply('uploader', SPEC);
  await world.until('uploader', isSettled);
  expect(JSON.stringify(world.aws.snapshot())).toContain('invoices/uploads/*');
  expect(world.aws.calls().filter(({ action }) => action === 'GetRole')).toEqual([]);
});

test('two hundred objects are all Ready, each with a role of its own', async () => {
  await world.startController();
  const names = Array.from({ length: 200 }, (_, index) => `app-${index}`);
  await Promise.all(names.map((name) => world.apply(name, SPEC)));
  for (const name of names) await world.untilReady(name);
  expect(world.aws.snapshot().roles).toHaveLength(200);
});

function isSettled({
  metadata,
  status,
}: {
  metadata: { generation?: number };
  status?: { observedGeneration?: number };
}) {
  return status?.observedGeneration === metadata.generation;
}
