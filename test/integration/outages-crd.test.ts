import { afterEach, beforeEach, expect, test } from 'vitest';
import { appAccessCrd } from '../../src/api/custom-resource-definition.ts';
import { validateAppAccess } from '../../src/api/validate-app-access.ts';
import type { KubeObject } from '../../src/kube/kube-object.ts';
import type { ResourcePath } from '../../src/kube/resource-path.ts';
import { type EmbeddedWorld, startEmbeddedWorld } from '../support/embedded-world.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { olderCrd } from '../support/older-crd.ts';
import { recordingLogger } from '../support/recording-logger.ts';

const SPEC = {
  subject: { lambda: { functionName: 'uploader' } },
  grants: [{ s3: { bucket: 'invoices', prefix: 'uploads/', access: ['Write'] } }],
};
const MINUTE_MS = 60_000;
const ASK = { 'reconcile.fluxcd.io/requestedAt': 'now' };
const CRDS: ResourcePath = { group: 'apiextensions.k8s.io', version: 'v1', plural: 'customresourcedefinitions' };

let world: EmbeddedWorld;
let clock: ManualClock;
let log: ReturnType<typeof recordingLogger>;
beforeEach(() => {
  clock = new ManualClock();
  log = recordingLogger();
});
afterEach(() => world.stop());

const start = () => world.startController({ clock, log, awaitReady: false });

test('a CRD that is missing at the start is waited for with the command to apply it, and taken up when it comes', async () => {
  world = await startEmbeddedWorld({ kubeClock: clock, crds: [] });
  const controller = await start();
  await world.advance(clock, 20 * MINUTE_MS);
  expect(controller.isReady()).toBe(false);
  expect(reads()).toBeLessThanOrEqual(6 * 20);
  expect(log.lines.length).toBeLessThanOrEqual(25);
  expect(JSON.stringify(log.lines)).toContain('kubectl apply --server-side -f crds/');

  await applyCrd(appAccessCrd());
  await world.advance(clock, MINUTE_MS);
  await controller.leading;
  await world.apply('uploader', SPEC);
  await world.untilReady('uploader');
});

test('a CRD that is deleted and applied again while the controller runs is taken up', async () => {
  world = await startEmbeddedWorld({ kubeClock: clock });
  const controller = await start();
  await world.apply('first', SPEC);
  await world.untilReady('first');
  await world.client.delete({ ...CRDS, name: 'appaccesses.appaccess.dev' }, {}, new AbortController().signal);
  await world.advance(clock, 5 * MINUTE_MS);
  expect(world.kube.objects('customresourcedefinitions')).toEqual([]);
  expect(world.aws.snapshot().roles).toEqual([]);

  await applyCrd(appAccessCrd());
  await world.advance(clock, MINUTE_MS);
  await world.apply('second', SPEC);
  await world.untilReady('second');
  expect(controller.isReady()).toBe(true);
});

test('a CRD without the status subresource is told with what to apply, loses no role, and is mended by applying it', async () => {
  world = await startEmbeddedWorld({ kubeClock: clock, crds: [olderCrd({ subresources: undefined })] });
  await (await start()).leading;
  await world.apply('uploader', SPEC);
  await world.advance(clock, 20 * MINUTE_MS);
  expect(JSON.stringify(log.lines)).toContain('has no status subresource; apply crds/ of this version');
  expect(log.lines.length).toBeLessThanOrEqual(50);
  expect(world.aws.snapshot().roles).toHaveLength(1);
  expect(world.aws.calls().length).toBeLessThanOrEqual(200);

  await applyCrd(appAccessCrd());
  await world.advance(clock, 2 * MINUTE_MS);
  const ready = await world.untilReady('uploader');
  expect(ready.status?.role?.id).toBe(world.aws.snapshot().roles[0]?.id);
});

test('fields of status that an older CRD drops are named once in the log and not written again at each pass', async () => {
  world = await startEmbeddedWorld({ kubeClock: clock, crds: [olderCrd({ without: ['driftCount', 'policy'] })] });
  await (await start()).leading;
  await world.apply('uploader', SPEC);
  await world.untilReady('uploader');
  const before = statusWrites();
  await world.advance(clock, 3 * 66 * MINUTE_MS); // three resyncs
  expect(statusWrites()).toBe(before);
  const warnings = log.lines.filter(({ message }) => message.includes('older than this controller'));
  expect(warnings.map(({ fields }) => fields.fields)).toEqual([['status.policy', 'status.driftCount']]);

  await applyCrd(appAccessCrd());
  await world.apply('uploader', { ...SPEC, role: { description: 'uploads' } });
  await world.advance(clock, MINUTE_MS);
  const after = await world.until(
    'uploader',
    ({ metadata, status }) => status?.observedGeneration === metadata.generation,
  );
  expect(after.status).toMatchObject({ driftCount: 0, policy: { statements: expect.any(Number) } });
});

test('an object from before the CRD had defaults gets them from the controller, Ready and unchanged', async () => {
  world = await startEmbeddedWorld({ crds: [withoutDefaults(appAccessCrd())] });
  const written = await world.apply('uploader', SPEC);
  expect(written.spec.deletionPolicy).toBeUndefined();
  await start();
  const ready = await world.untilReady('uploader');
  expect(ready.spec).toEqual(written.spec);
  await world.remove('uploader');
  await world.untilGone('uploader');
  expect(world.aws.snapshot().roles).toEqual([]);
});

test('an object that a newer rule refuses is told field by field, keeps its role, and can be deleted', async () => {
  let rules: typeof validateAppAccess = () => [];
  world = await startEmbeddedWorld({ validate: (object, old) => rules(object as never, old as never) });
  await world.apply('uploader', {
    ...SPEC,
    grants: [{ s3: { bucket: 'invoices', prefix: 'uploads', access: ['Write'] } }],
  });
  rules = validateAppAccess;
  await start();
  const told = await world.untilReason('uploader', 'InvalidSpec');
  expect(JSON.stringify(told.status)).toContain('spec.grants[0].s3.prefix');
  expect(world.aws.calls()).toEqual([]);
  await world.apply('uploader', SPEC, ASK);
  await world.untilReady('uploader');
  await world.remove('uploader');
  await world.untilGone('uploader');
});

function applyCrd(crd: object) {
  const object = crd as KubeObject;
  const path = { ...CRDS, name: object.metadata.name };
  return world.client.apply(path, object, { fieldManager: 'test', force: true }, new AbortController().signal);
}

function withoutDefaults(value: object): object {
  return JSON.parse(JSON.stringify(value, (key, item: unknown) => (key === 'default' ? undefined : item)));
}

/** Lists and watches of the kind. */
function reads(): number {
  const isRead = ({ verb, resource }: { verb: string; resource: string }) =>
    resource === 'appaccesses' && ['list', 'watch'].includes(verb);
  return world.kube
    .requests()
    .filter(isRead)
    .reduce((sum, { count }) => sum + count, 0);
}

function statusWrites(): number {
  return world.kube.requests().find(({ resource }) => resource === 'appaccesses/status')?.count ?? 0;
}
