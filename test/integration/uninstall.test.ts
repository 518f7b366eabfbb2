import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { AppAccess } from '../../src/api/app-access.ts';
import type { CommandResult } from '../../src/cli/command-result.ts';
import { APP_ACCESSES } from '../../src/cli/controller/resource-paths.ts';
import { runUninstall, type UninstallRequest, uninstall } from '../../src/cli/uninstall.ts';
import type { ResourcePath } from '../../src/kube/resource-path.ts';
import { type EmbeddedWorld, startEmbeddedWorld } from '../support/embedded-world.ts';
import { ManualClock } from '../support/manual-clock.ts';

const GRANTS = [{ s3: { bucket: 'invoices', prefix: 'uploads/', access: ['Write'] } }];
const LAMBDA = { subject: { lambda: { functionName: 'uploader' } }, grants: GRANTS };
const POD = { subject: { serviceAccount: { name: 'web' } }, grants: GRANTS };
const CRD: ResourcePath = {
  group: 'apiextensions.k8s.io',
  version: 'v1',
  plural: 'customresourcedefinitions',
  name: 'appaccesses.appaccess.dev',
};
const never = new AbortController().signal;

let world: EmbeddedWorld;
let reported: string[];
beforeEach(async () => {
  world = await startEmbeddedWorld();
  reported = [];
});
afterEach(() => world.stop());

describe('uninstall --retain', () => {
  test('keeps every role with its permissions and its association, marks it as released, and frees the CRD', async () => {
    await world.startController();
    await world.createServiceAccount('web');
    await standing('uploader', LAMBDA);
    await standing('web', POD);
    const before = world.aws.snapshot();
    const { exitCode, stdout } = await run({ mode: 'Retain' });
    expect({ exitCode, stdout }).toEqual({
      exitCode: 0,
      stdout:
        '2 AppAccess objects gone, 2 roles kept\n' +
        'now remove the controller, then: kubectl delete crd appaccesses.appaccess.dev\n',
    });
    const after = world.aws.snapshot();
    expect(after.roles.map(({ inlinePolicies }) => inlinePolicies)).toEqual(
      before.roles.map(({ inlinePolicies }) => inlinePolicies),
    );
    expect(after.roles.every(({ tags }) => 'appaccess.dev/released' in tags)).toBe(true);
    expect(after.associations).toEqual(before.associations);
    expect(world.kube.objects('appaccesses')).toEqual([]);
    await world.client.delete(CRD, {}, never);
    expect(world.kube.objects('customresourcedefinitions')).toEqual([]);
  });

  test('lets go of an object whose deletion is stuck', async () => {
    await world.startController();
    const { status } = await standing('uploader', LAMBDA);
    occupy(status?.role?.name ?? '');
    await world.remove('uploader');
    await world.until('uploader', ({ status: now }) => JSON.stringify(now).includes('RoleInUse'));
    expect((await run({ mode: 'Retain' })).exitCode).toBe(0);
    expect(world.aws.snapshot().roles).toHaveLength(1);
  });

  test('gives up when no controller acts, says so, and takes the finalizers off itself when told to', async () => {
    const controller = await world.startController();
    await standing('uploader', LAMBDA);
    await controller.stop();
    await expect(run({ mode: 'Retain' })).rejects.toThrow(
      'default/uploader no controller has looked at it: see that it runs and is ready, or add --without-controller',
    );
    const again = await run({ mode: 'Retain', withoutController: true });
    expect(again.stdout).toContain('1 AppAccess object gone, 1 role kept, not marked as released');
    expect(world.kube.objects('appaccesses')).toEqual([]);
    expect(world.aws.snapshot().roles).toHaveLength(1);

    await world.startController();
    await world.apply('uploader', LAMBDA);
    await world.untilReady('uploader'); // the same object takes its role back
    expect(world.aws.snapshot().roles).toHaveLength(1);
  });
});

describe('uninstall --delete', () => {
  test('has every role deleted, save that of an object that says Retain itself', async () => {
    await world.startController();
    await standing('uploader', LAMBDA);
    await standing('archive', { ...LAMBDA, deletionPolicy: 'Retain' });
    const { exitCode, stdout } = await run({ mode: 'Delete' });
    expect({ exitCode, stdout }).toMatchObject({
      exitCode: 0,
      stdout: expect.stringContaining('2 AppAccess objects gone, 1 role kept\n'),
    });
    expect(world.aws.snapshot().roles.map(({ name }) => name)).toEqual([expect.stringContaining('archive')]);
    expect(reported).toContain('2 of 2 AppAccess objects gone');
  });

  test('names what blocks an object in the words of its condition', async () => {
    await world.startController();
    const { status } = await standing('uploader', LAMBDA);
    await standing('other', LAMBDA);
    occupy(status?.role?.name ?? '');
    await expect(run({ mode: 'Delete' })).rejects.toThrow(
      /1 AppAccess object still there:\n {2}default\/uploader RoleInUse: .*made elsewhere; take it out/,
    );
  });

  test('names a finalizer that is not ours', async () => {
    await world.startController();
    await standing('uploader', LAMBDA);
    const found = await get('uploader');
    const finalizers = [...(found.metadata.finalizers ?? []), 'example.dev/backup'];
    await world.client.patch(pathOf('uploader'), { metadata: { finalizers } }, 'merge', never);
    await expect(run({ mode: 'Delete' })).rejects.toThrow(
      'default/uploader is held by example.dev/backup, which is not ours',
    );
    await world.client.patch(pathOf('uploader'), { metadata: { finalizers: [] } }, 'merge', never);
  });

  test('says which objects somebody made again meanwhile', async () => {
    await world.startController();
    await standing('uploader', LAMBDA);
    const options = { onReport: () => world.apply('again', LAMBDA) };
    await expect(run({ mode: 'Delete' }, options)).rejects.toThrow(
      'default/again was made again meanwhile: first stop what applies it',
    );
  });
});

test.each([
  ['a dry run', { dryRun: true }, 0],
  ['a run without --yes', { confirmed: false }, 1],
])('%s lists what would become of every role and changes nothing', async (_, change, exitCode) => {
  await world.startController();
  const { status } = await standing('uploader', LAMBDA);
  const before = world.kube.objects('appaccesses');
  const result = await run({ mode: 'Delete', ...change });
  expect(result.exitCode).toBe(exitCode);
  expect(result.stdout).toContain(`  default/uploader: role ${status?.role?.name} is deleted\n`);
  expect(world.kube.objects('appaccesses')).toEqual(before);
});

test('with a namespace nothing outside of it is touched, and the CRD is not spoken of', async () => {
  await world.startController();
  await standing('uploader', LAMBDA);
  expect(await run({ mode: 'Delete', namespace: 'kube-public' })).toEqual({
    exitCode: 0,
    stdout: 'no AppAccess object in namespace kube-public\n',
  });
  expect(world.kube.objects('appaccesses')).toHaveLength(1);
});

test('a second run finds nothing to do, and so does one without the CRD', async () => {
  await world.startController();
  await standing('uploader', LAMBDA);
  await run({ mode: 'Delete' });
  expect((await run({ mode: 'Delete' })).exitCode).toBe(0);
  await world.client.delete(CRD, {}, never);
  expect(await run({ mode: 'Delete' })).toEqual({
    exitCode: 0,
    stdout: 'the cluster does not serve AppAccess; nothing to do\n',
  });
});

test.each([
  [{}, 'give either --retain'],
  [{ retain: true, delete: true }, 'give either --retain'],
  [{ delete: true, withoutController: true }, '--without-controller goes with --retain only'],
  [{ retain: true, timeout: 'soon' }, '--timeout: "soon" is not a duration'],
])('flags %j are refused before anything is asked of the cluster', async (flags, words) => {
  await expect(runUninstall({ timeout: '2m', ...flags })).rejects.toThrow(words);
});

async function standing(name: string, spec: object): Promise<AppAccess> {
  await world.apply(name, spec);
  return world.untilReady(name);
}

/** Runs the command to its end, by a clock that moves whenever both servers are quiet. */
async function run(
  change: Partial<UninstallRequest>,
  { onReport = () => undefined as unknown } = {},
): Promise<CommandResult> {
  const request = {
    mode: 'Delete' as const,
    withoutController: false,
    stallMs: 120_000,
    dryRun: false,
    confirmed: true,
    ...change,
  };
  const clock = new ManualClock();
  const report = (line: string) => {
    if (reported.push(line) === 1) onReport();
  };
  let isOver = false;
  const running = uninstall(request, { ...request, client: world.client, clock, report }).finally(() => {
    isOver = true;
  });
  running.catch(() => undefined); // told by the caller's own await
  while (!isOver) await world.advance(clock, 1_000);
  return running;
}

/** Somebody puts the role into an instance profile of their own. */
function occupy(roleName: string): void {
  world.aws.actAsOther('CreateInstanceProfile', { InstanceProfileName: 'theirs' });
  world.aws.actAsOther('AddRoleToInstanceProfile', { InstanceProfileName: 'theirs', RoleName: roleName });
}

function pathOf(name: string): ResourcePath {
  return { ...APP_ACCESSES, namespace: 'default', name };
}

async function get(name: string): Promise<AppAccess> {
  const found = await world.client.get<AppAccess>(pathOf(name), never);
  if (found === undefined) throw new Error(`${name} is gone`);
  return found;
}
