import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ControllerProcess, startControllerProcess, untilReady } from './world/controller-process.ts';
import { kubectlFor } from './world/kubectl.ts';
import { listRoles } from './world/list-roles.ts';
import { resetMoto } from './world/moto.ts';
import { realWorld } from './world/real-world.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const CRD = 'crd/appaccesses.appaccess.dev';
const CLUSTER = 'uninstall';
const NAMESPACE = 'uninstall-test';
const WAIT = '--timeout=60s';

const world = realWorld();
const kubectl = kubectlFor(world.controlPlane, () => controller?.describe());
const roles = () => listRoles(world.moto, CLUSTER);
let controller: ControllerProcess | undefined;

beforeAll(async () => {
  await resetMoto(world.moto.url);
  await applyCrd();
  await kubectl('create', 'namespace', NAMESPACE);
  controller = await startControllerProcess(world, CLUSTER);
  await untilReady(controller);
});

afterAll(async () => {
  await controller?.stop();
  await applyCrd();
  await kubectl('delete', 'namespace', NAMESPACE, '--ignore-not-found', WAIT);
  await resetMoto(world.moto.url);
});

test('uninstall --delete removes objects and roles', async () => {
  await standing('first');
  const { exitCode, stdout } = await appaccess('--delete', '--yes');
  expect({ exitCode, stdout }).toMatchObject({
    exitCode: 0,
    stdout: expect.stringContaining('1 AppAccess object gone, 0 roles kept'),
  });
  expect(await roles()).toEqual([]);
});

test('uninstall --retain keeps the roles, after which controller, CRD and namespace go without hanging', async () => {
  await standing('first');
  await standing('second');
  const listed = await appaccess('--retain');
  expect(listed).toMatchObject({ exitCode: 1, stdout: expect.stringContaining('nothing was done; add --yes') });
  const { exitCode, stdout } = await appaccess('--retain', '--yes');
  expect({ exitCode, stdout }).toMatchObject({
    exitCode: 0,
    stdout: expect.stringContaining('2 AppAccess objects gone, 2 roles kept'),
  });
  await controller?.stop();
  await kubectl('delete', CRD, WAIT);
  await kubectl('delete', 'namespace', NAMESPACE, WAIT);
  expect(await roles()).toHaveLength(2);
  const again = await appaccess('--retain', '--yes');
  expect(again).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('does not serve AppAccess') });
});

async function standing(name: string): Promise<void> {
  const manifest = {
    apiVersion: 'appaccess.dev/v1alpha1',
    kind: 'AppAccess',
    metadata: { name, namespace: NAMESPACE },
    spec: {
      subject: { lambda: { functionName: name } },
      grants: [{ s3: { bucket: 'invoices', prefix: 'uploads/', access: ['Write'] } }],
    },
  };
  await kubectl.withInput(JSON.stringify(manifest), 'apply', '-f', '-');
  await kubectl('wait', '--for=condition=Ready', `appaccess/${name}`, '-n', NAMESPACE, WAIT);
}

function appaccess(...flags: string[]) {
  const { kubeconfigPath } = world.controlPlane;
  return execa(process.execPath, [join(ROOT, 'src/main.ts'), 'uninstall', '--kubeconfig', kubeconfigPath, ...flags], {
    reject: false,
  });
}

async function applyCrd(): Promise<void> {
  await kubectl('apply', '--server-side', '--force-conflicts', '-f', join(ROOT, 'crds'));
  await kubectl('wait', '--for=condition=Established', CRD, WAIT);
}
