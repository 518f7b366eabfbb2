import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runAws, runKubectl } from './world/commands.ts';
import { type ControllerProcess, startControllerProcess, untilReady } from './world/controller-process.ts';
import { resetMoto } from './world/moto.ts';
import { realWorld } from './world/real-world.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const CRD = 'crd/appaccesses.appaccess.dev';
const NAMESPACE = 'uninstall-test';
const WAIT = '--timeout=60s';

const world = realWorld();
let controller: ControllerProcess;

beforeAll(async () => {
  await resetMoto(world.moto.url);
  await applyCrd();
  await runKubectl(world.controlPlane, ['create', 'namespace', NAMESPACE]);
  controller = await startControllerProcess(world, 'uninstall');
  await untilReady(controller);
});

afterAll(async () => {
  await controller.stop();
  await applyCrd();
  await runKubectl(world.controlPlane, ['delete', 'namespace', NAMESPACE, WAIT]);
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
  await controller.stop();
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
  const applied = await runKubectl(world.controlPlane, ['apply', '-f', '-'], { stdin: JSON.stringify(manifest) });
  if (applied.exitCode !== 0) throw new Error(applied.stderr);
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

async function kubectl(...args: string[]): Promise<string> {
  const { stdout, stderr, exitCode } = await runKubectl(world.controlPlane, args);
  if (exitCode !== 0) throw new Error(`kubectl ${args.join(' ')}: ${stderr}\n${await controller?.describe()}`);
  return stdout;
}

async function roles(): Promise<readonly unknown[]> {
  const { stdout } = await runAws(world.moto, ['iam', 'list-roles', '--path-prefix', '/appaccess/uninstall/']);
  return JSON.parse(stdout).Roles;
}
