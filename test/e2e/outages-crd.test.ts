import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { load } from 'js-yaml';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { type ControllerProcess, startControllerProcess, untilReady } from './world/controller-process.ts';
import { type Installation, install, uninstall } from './world/installation.ts';
import { kubectlFor } from './world/kubectl.ts';
import { listRoles } from './world/list-roles.ts';
import { resetMoto } from './world/moto.ts';
import { realWorld } from './world/real-world.ts';
import { until } from './world/until.ts';

const CRD_FILE = join(fileURLToPath(new URL('../../', import.meta.url)), 'crds/appaccess.dev_appaccesses.yaml');
const CRD = 'crd/appaccesses.appaccess.dev';
const CLUSTER = 'outages-crd';
const NAMESPACE = 'outages-crd';
const WAIT = '--timeout=60s';

const world = realWorld();
const kubectl = kubectlFor(world.controlPlane, () => controller?.describe());
const roles = () => listRoles(world.moto, CLUSTER);
/** The controller runs under the ClusterRole that is installed, so that what it may not do is seen. */
let installation: Installation;
let controller: ControllerProcess | undefined;

beforeAll(async () => {
  await resetMoto(world.moto.url);
  installation = await install(world.controlPlane);
  await kubectl('create', 'namespace', NAMESPACE);
});
afterEach(async () => {
  await controller?.stop();
});
afterAll(async () => {
  await applyCrd(await todaysCrd());
  await kubectl('delete', 'namespace', NAMESPACE, WAIT);
  await uninstall(world.controlPlane);
});

test('a controller that finds no CRD says which command applies it, and goes on by itself once it is there', async () => {
  await kubectl('delete', CRD, '--ignore-not-found', WAIT);
  const started = await start();
  await until('it asks for the CRD', async () => (await started.log()).includes('crds/') || undefined, {
    timeoutMs: 30_000,
    explain: started.describe,
  });
  expect(await started.isReady()).toBe(false);
  await applyCrd(await todaysCrd());
  await untilReady(started);
  await apply('uploader', 'uploads/');
  await kubectl('wait', '--for=condition=Ready', 'appaccess/uploader', '-n', NAMESPACE, WAIT);
  await kubectl('delete', 'appaccess', 'uploader', '-n', NAMESPACE, WAIT);
  expect(await roles()).toEqual([]);
});

test('a CRD without the status subresource is told apart from an object that is gone, and mended by applying it', async () => {
  const { crd, version } = await editableCrd();
  delete version.subresources;
  await kubectl('delete', CRD, '--ignore-not-found', WAIT);
  await applyCrd(crd);
  const started = await start();
  await untilReady(started);
  await apply('uploader', 'uploads/');
  await until(
    'the log names the subresource',
    async () => (await started.log()).includes('has no status subresource') || undefined,
    { timeoutMs: 30_000, explain: started.describe },
  );
  expect(await roles()).toHaveLength(1);
  await applyCrd(await todaysCrd());
  await kubectl('wait', '--for=condition=Ready', 'appaccess/uploader', '-n', NAMESPACE, '--timeout=100s');
  await kubectl('delete', 'appaccess', 'uploader', '-n', NAMESPACE, WAIT);
});

test('an object that only an older CRD admitted is told as InvalidSpec, and can be deleted', async () => {
  const { crd, version } = await editableCrd();
  version.schema.openAPIV3Schema.properties.spec = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };
  await kubectl('delete', CRD, '--ignore-not-found', WAIT);
  await applyCrd(crd);
  await apply('older', 'uploads'); // no slash at its end: refused today
  await applyCrd(await todaysCrd());
  await start();
  await kubectl('wait', '--for=condition=Stalled', 'appaccess/older', '-n', NAMESPACE, WAIT);
  const described = await kubectl('get', 'appaccess', 'older', '-n', NAMESPACE, '-o', 'json');
  expect(described).toContain('InvalidSpec');
  expect(described).toContain('spec.grants[0].s3.prefix');
  await kubectl('delete', 'appaccess', 'older', '-n', NAMESPACE, WAIT);
  expect(await roles()).toEqual([]);
});

interface Version {
  subresources?: unknown;
  schema: { openAPIV3Schema: { properties: Record<string, object> } };
}

async function start(): Promise<ControllerProcess> {
  controller = await startControllerProcess(world, CLUSTER, { kubeconfigPath: installation.kubeconfigPath });
  return controller;
}

async function todaysCrd(): Promise<object> {
  return load(await readFile(CRD_FILE, 'utf8')) as object;
}

/** Today's CRD to be changed into an older one. */
async function editableCrd(): Promise<{ crd: object; version: Version }> {
  const crd = (await todaysCrd()) as { spec: { versions: [Version] } };
  return { crd, version: crd.spec.versions[0] };
}

async function applyCrd(crd: object): Promise<void> {
  await kubectl.withInput(JSON.stringify(crd), 'apply', '--server-side', '--force-conflicts', '-f', '-');
  await kubectl('wait', '--for=condition=Established', CRD, WAIT);
}

/** Tried again while the API server does not serve the kind yet, which follows a moment after Established. */
async function apply(name: string, prefix: string): Promise<void> {
  const manifest = {
    apiVersion: 'appaccess.dev/v1alpha1',
    kind: 'AppAccess',
    metadata: { name, namespace: NAMESPACE },
    spec: {
      subject: { lambda: { functionName: name } },
      grants: [{ s3: { bucket: 'invoices', prefix, access: ['Write'] } }],
    },
  };
  await until(
    `${name} is applied`,
    () =>
      kubectl.withInput(JSON.stringify(manifest), 'apply', '-f', '-').then(
        () => true,
        () => undefined,
      ),
    { timeoutMs: 15_000 },
  );
}
