/**
 * Measures what the project promises in time and memory and prints one line a figure. The controller and the commands run
 * as processes of their own; the embedded servers run in this one. Needs Linux for the memory figure.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Agent } from 'undici';
import type { AppAccess } from '../src/api/app-access.ts';
import { appAccessCrd } from '../src/api/custom-resource-definition.ts';
import { systemClock } from '../src/base/clock.ts';
import { startAwsServer } from '../src/dev/aws/start-aws-server.ts';
import { startKubeServer } from '../src/dev/kube/start-kube-server.ts';
import { KubeClient } from '../src/kube/kube-client.ts';

const ROOT = fileURLToPath(new URL('../', import.meta.url));
const MAIN = join(ROOT, 'src/main.ts');
const SETTINGS = ['--account-id', '123456789012', '--region', 'eu-west-1', '--cluster-name', 'demo'];
const OBJECTS = 200;
const AWS_LATENCY_MS = 20;
const PATH = { group: 'appaccess.dev', version: 'v1alpha1', plural: 'appaccesses', namespace: 'default' } as const;

await measureCompile();
await measureStart();
await measureMany();

async function measureCompile(): Promise<void> {
  const times: number[] = [];
  for (let run = 0; run < 10; run++) {
    const startedMs = performance.now();
    const args = ['compile', '-f', join(ROOT, 'examples/lambda-s3-dynamodb.yaml'), ...SETTINGS];
    await once(spawn(process.execPath, [MAIN, ...args], { stdio: 'ignore' }), 'exit');
    times.push(performance.now() - startedMs);
  }
  print('compile of one file, whole process, median of 10', `${median(times).toFixed(0)} ms`);
}

async function measureStart(): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'appaccess-bench-'));
  const ports = ['--kube-port', '0', '--aws-port', '0', '--metrics-address', '0', '--health-address', '0'];
  const args = ['start', '--silent', '--', ...ports, '--directory', directory, '--apply', join(ROOT, 'examples')];
  const startedMs = performance.now();
  const world = spawn('npm', args, { cwd: ROOT, stdio: ['ignore', 'ignore', 'pipe'], detached: true });
  let log = '';
  for await (const chunk of world.stderr) {
    log += chunk;
    if (log.includes('spec applied')) break;
  }
  print('npm start on an installed checkout until the first role exists', `${seconds(startedMs)} s`);
  if (world.pid !== undefined) process.kill(-world.pid, 'SIGTERM');
}

async function measureMany(): Promise<void> {
  const kube = await startKubeServer({ port: 0, crds: [appAccessCrd()], validate: () => [], clock: systemClock });
  const aws = await startAwsServer({
    port: 0,
    accountId: '123456789012',
    region: 'eu-west-1',
    clusters: ['demo'],
    clock: systemClock,
    latencyMs: AWS_LATENCY_MS,
  });
  const dispatcher = new Agent();
  const connection = {
    server: kube.url,
    namespace: 'default',
    dispatcher,
    async authorize() {},
    close: () => dispatcher.destroy(),
  };
  const client = new KubeClient({ connection, clock: systemClock, random: Math.random, userAgent: 'bench' });
  const signal = new AbortController().signal;
  const controller = await startControllerProcess(kube.url, aws.url);
  const before = writes(kube.requests());
  const startedMs = performance.now();
  const version = (await client.list(PATH, {}, signal)).resourceVersion;
  await Promise.all(Array.from({ length: OBJECTS }, (_, index) => client.create(PATH, manifest(index), signal)));
  const ready = new Set<string>();
  for await (const event of client.watch<AppAccess>(PATH, { resourceVersion: version }, signal)) {
    if (event.type !== 'MODIFIED') continue;
    const { metadata, status } = event.object;
    if (status?.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True')) ready.add(metadata.name);
    if (ready.size === OBJECTS) break;
  }
  print(
    `${OBJECTS} AppAccess at once, ${AWS_LATENCY_MS} ms per AWS call, until all are Ready`,
    `${seconds(startedMs)} s`,
  );
  const calls = aws.calls().length;
  print('AWS calls per created object', (calls / OBJECTS).toFixed(2));
  const made = writes(kube.requests()) - before - OBJECTS; // the creates above are ours
  print('Kubernetes writes per created object, Events apart', (made / OBJECTS).toFixed(2));
  print('peak resident memory of the controller', `${await peakMiB(controller)} MiB`);
  controller.kill('SIGTERM');
  await once(controller, 'exit');
  await Promise.all([kube.stop(), aws.stop(), dispatcher.destroy()]);
}

async function startControllerProcess(kubeUrl: string, awsUrl: string): Promise<ChildProcess> {
  const directory = await mkdtemp(join(tmpdir(), 'appaccess-bench-'));
  const kubeconfig = join(directory, 'kubeconfig');
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'bench', cluster: { server: kubeUrl } }],
    users: [{ name: 'bench', user: {} }],
    contexts: [{ name: 'bench', context: { cluster: 'bench', user: 'bench' } }],
    'current-context': 'bench',
  };
  await writeFile(kubeconfig, JSON.stringify(config));
  const args = ['controller', '--unguarded', ...SETTINGS, '--kubeconfig', kubeconfig];
  const child = spawn(process.execPath, [MAIN, ...args, '--metrics-address', '0', '--health-address', '0'], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, AWS_ENDPOINT_URL: awsUrl, AWS_ACCESS_KEY_ID: 'dummy', AWS_SECRET_ACCESS_KEY: 'dummy' },
  });
  await new Promise<void>((resolve) => {
    child.stderr.on('data', (chunk) => {
      if (String(chunk).includes('controller started')) resolve();
    });
  });
  return child;
}

function manifest(index: number) {
  return {
    apiVersion: 'appaccess.dev/v1alpha1',
    kind: 'AppAccess',
    metadata: { name: `app-${index}`, namespace: 'default' },
    spec: {
      subject: { lambda: { functionName: `app-${index}` } },
      grants: [{ s3: { bucket: 'invoices', prefix: `app-${index}/`, access: ['Write'] } }],
    },
  };
}

function writes(counts: readonly { verb: string; resource: string; count: number }[]): number {
  return counts
    .filter(({ verb, resource }) => resource.startsWith('appaccesses') && !['get', 'list', 'watch'].includes(verb))
    .reduce((sum, { count }) => sum + count, 0);
}

async function peakMiB({ pid }: ChildProcess): Promise<string> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  const kilobytes = /^VmHWM:\s+(\d+) kB/m.exec(status)?.[1];
  return kilobytes === undefined ? 'unknown' : (Number(kilobytes) / 1024).toFixed(0);
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

function seconds(startedMs: number): string {
  return ((performance.now() - startedMs) / 1000).toFixed(2);
}

function print(what: string, figure: string): void {
  console.log(`${what}: ${figure}`);
}
