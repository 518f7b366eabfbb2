import { chmod, cp, mkdir, readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { buildImageFolder } from '../../scripts/image/build-image-folder.ts';
import type { BuiltImage } from '../../scripts/image/perform-dockerfile.ts';
import { ensureCheckers } from '../../scripts/install-checkers.ts';
import { awsEnvironment, REGION, runAws } from './world/commands.ts';
import { freePorts } from './world/free-ports.ts';
import { install, uninstall } from './world/installation.ts';
import { kubectlFor } from './world/kubectl.ts';
import { ACCOUNT_ID, resetMoto } from './world/moto.ts';
import { realWorld } from './world/real-world.ts';
import { type SupervisedProcess, startSupervised } from './world/supervised-process.ts';
import { until } from './world/until.ts';
import { createWorldFolder } from './world/world-folder.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const TEAM = 'image-test';

interface PackageLock {
  /** By path: `node_modules/NAME`. */
  readonly packages: Readonly<Record<string, { readonly dev?: boolean }>>;
}

const { controlPlane, moto } = realWorld();
const kubectl = kubectlFor(controlPlane);
let folder = '';
let image: BuiltImage;

beforeAll(async () => {
  await resetMoto(moto.url);
  const installation = await install(controlPlane);
  await kubectl('create', 'namespace', TEAM);
  folder = await createWorldFolder();
  await chmod(folder, 0o755); // the user of the image looks in
  // What Kubernetes would mount into the container.
  await mkdir(join(folder, 'mounted'));
  await cp(installation.serviceAccountFolder, join(folder, 'mounted/service-account'), { recursive: true });
  await cp(installation.kubeconfigPath, join(folder, 'mounted/kubeconfig'));
  image = await buildImageFolder(join(folder, 'image'));
});

afterAll(async () => {
  await kubectl('delete', 'namespace', TEAM, '--timeout=60s');
  await uninstall(controlPlane);
  await resetMoto(moto.url);
  await rm(folder, { recursive: true, force: true });
});

test('hadolint finds nothing to say about the Dockerfile', async () => {
  const { hadolint } = await ensureCheckers(console.log);
  const { stdout, exitCode } = await execa(hadolint, [join(ROOT, 'Dockerfile')], { reject: false });
  expect([exitCode, stdout]).toEqual([0, '']);
});

test('the image holds the production dependencies and the sources without the embedded world, and nothing else', async () => {
  const app = join(image.root, 'app');
  const { packages } = JSON.parse(await readFile(join(ROOT, 'package-lock.json'), 'utf8')) as PackageLock;
  const development = Object.keys(packages).filter((path) => packages[path]?.dev === true);
  const present = await Promise.all(development.map((path) => exists(join(app, path))));
  expect(development.length).toBeGreaterThan(50);
  expect({
    app: (await readdir(app)).sort(),
    development: development.filter((_, index) => present[index]),
    sources: (await readdir(join(app, 'src'))).sort(),
  }).toEqual({
    app: ['node_modules', 'package-lock.json', 'package.json', 'src'],
    development: [],
    sources: (await readdir(join(ROOT, 'src'))).filter((name) => name !== 'dev').sort(),
  });
});

test('the controller of the image makes a role as a user without rights, writes no file, and ends in order', async () => {
  const before = await listing(image.root);
  const controller = await startImage();
  await kubectl('apply', '-n', TEAM, '-f', join(ROOT, 'examples/lambda-s3-dynamodb.yaml'));
  await kubectl('wait', '-n', TEAM, '--for=condition=Ready', 'appaccess/invoice-uploader', '--timeout=60s');
  const { stdout } = await runAws(moto, ['iam', 'list-roles', '--query', 'Roles[].Path']);
  expect(JSON.parse(stdout)).toEqual([`/appaccess/image/${TEAM}/`]);
  await kubectl('delete', '-n', TEAM, 'appaccess', 'invoice-uploader', '--timeout=60s');
  process.kill(controller.pid, 'SIGTERM');
  await until('the controller has exited', async () => controller.hasExited() || undefined, { timeoutMs: 30_000 });
  expect(await controller.describe()).toContain('exited with 0');
  expect(await listing(image.root)).toEqual(before);
});

/**
 * Runs ENTRYPOINT and CMD in the working directory, the environment and, when we are root ourselves, as the user of the
 * image, who owns nothing in it.
 */
async function startImage(): Promise<SupervisedProcess> {
  const [health = 0, metrics = 0] = await freePorts(2);
  const [program = '', ...args] = image.command;
  const [uid = 0, gid = 0] = image.user.split(':').map(Number);
  const controller = await startSupervised(join(image.root, program), args, {
    logPath: join(folder, 'controller.log'),
    cwd: join(image.root, image.workingDirectory),
    ...(process.getuid?.() === 0 ? { user: { uid, gid } } : {}),
    cleanEnv: true,
    env: {
      PATH: '/usr/bin:/bin',
      ...image.env,
      ...awsEnvironment(moto.url),
      KUBECONFIG: join(folder, 'mounted/kubeconfig'),
      APPACCESS_UNGUARDED: 'true',
      APPACCESS_ACCOUNT_ID: ACCOUNT_ID,
      APPACCESS_REGION: REGION,
      APPACCESS_CLUSTER_NAME: 'image',
      APPACCESS_HEALTH_ADDRESS: `127.0.0.1:${health}`,
      APPACCESS_METRICS_ADDRESS: `127.0.0.1:${metrics}`,
    },
  });
  const probe = async () => {
    if (controller.hasExited()) throw new Error(await controller.describe());
    const answer = await fetch(`http://127.0.0.1:${health}/readyz`).catch(() => undefined);
    return answer?.ok === true ? true : undefined;
  };
  await until('the controller is ready', probe, { timeoutMs: 30_000, explain: controller.describe });
  return controller;
}

/** Every file and folder below `root` with its size and the time of its last change, sorted. */
async function listing(root: string): Promise<string[]> {
  const names = (await readdir(root, { recursive: true })).sort();
  return Promise.all(
    names.map(async (name) => {
      const { size, mtimeMs } = await stat(join(root, name));
      return `${name} ${size} ${mtimeMs}`;
    }),
  );
}

function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
