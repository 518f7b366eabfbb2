import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ensurePromtool } from '../../scripts/install-promtool.ts';
import { type AwsGate, startAwsGate } from './world/aws-gate.ts';
import { type ControllerProcess, startControllerProcess, untilReady } from './world/controller-process.ts';
import { type Installation, install, uninstall } from './world/installation.ts';
import { kubectlFor } from './world/kubectl.ts';
import { resetMoto } from './world/moto.ts';
import { realWorld } from './world/real-world.ts';
import { until } from './world/until.ts';

const TELEMETRY_PAGE = fileURLToPath(new URL('../../docs/telemetry.md', import.meta.url));
const CLUSTER = 'metrics';
const NAMESPACE = 'metrics';
const WAIT = '--timeout=60s';
const ISSUER = ['--oidc-issuer', 'https://oidc.eks.eu-west-1.amazonaws.com/id/0123456789ABCDEF'];

const { controlPlane, moto } = realWorld();
const replicas: ControllerProcess[] = [];
const kubectl = kubectlFor(controlPlane, () => replicas[0]?.describe());
let promtool = '';
let gate: AwsGate;
let installation: Installation;
/** Of a replica that leads and has met all that shows in metrics, and of one that stands by. */
let leading = '';
let standingBy = '';

beforeAll(async () => {
  promtool = await ensurePromtool(console.log);
  await resetMoto(moto.url);
  gate = await startAwsGate(moto.url);
  installation = await install(controlPlane);
  await kubectl('create', 'namespace', NAMESPACE);
  const leader = await startReplica();
  await untilShown(leader, 'it leads', /^leader_election_master_status\{.*\} 1$/m);
  const standby = await startReplica();
  await meetEverything(leader);
  leading = await leader.metrics();
  standingBy = await standby.metrics();
});

afterAll(async () => {
  gate.open();
  await kubectl('delete', 'namespace', NAMESPACE, '--timeout=100s');
  for (const replica of replicas) await replica.stop();
  await uninstall(controlPlane);
  await gate.stop();
  await resetMoto(moto.url);
});

test('a controller that has met every outcome shows a sample of each metric that the docs name', async () => {
  const page = await readFile(TELEMETRY_PAGE, 'utf8');
  const documented = [...page.matchAll(/^\| `(\w+)` \| (?:counter|gauge|histogram) \|/gm)].map(([, name]) => name);
  expect(documented).toContain('appaccess_aws_outage');
  expect(documented.filter((name) => !new RegExp(`^${name}(_count)?[{ ]`, 'm').test(leading))).toEqual([]);
});

test('promtool has nothing against the metrics of a controller that has met every outcome', async () => {
  expect(await check(leading)).toEqual({ exitCode: 0, all: '' });
});

test('promtool has nothing against the metrics of a replica that stands by', async () => {
  expect(standingBy).toMatch(/^leader_election_master_status\{.*\} 0$/m);
  expect(await check(standingBy)).toEqual({ exitCode: 0, all: '' });
});

test('promtool would tell a counter that is not named as one and a metric without help', async () => {
  const { exitCode, all } = await check('# TYPE appaccess_passes counter\nappaccess_passes 1\n');
  expect(exitCode).toBe(3);
  expect(all).toMatch(/appaccess_passes .*_total/);
  expect(all).toMatch(/appaccess_passes .*help/i);
});

/** Makes `leader` end passes in every way there is, and leaves it in an outage, whose gauge stands only while it lasts. */
async function meetEverything(leader: ControllerProcess): Promise<void> {
  const uploads = [{ s3: { bucket: 'invoices', prefix: 'uploads/', access: ['Write'] } }];
  await apply('granted', { lambda: { functionName: 'granted' } }, uploads);
  await kubectl('wait', '--for=condition=Ready', 'appaccess/granted', '-n', NAMESPACE, WAIT);
  const everything = [{ statement: { effect: 'Allow', actions: ['*'], resources: ['*'] } }];
  await apply('refused', { lambda: { functionName: 'refused' } }, everything);
  await untilShown(
    leader,
    'a pass failed for good',
    /^controller_runtime_terminal_reconcile_errors_total\{.*\} [1-9]/m,
  );
  await apply('waiting', { serviceAccount: { name: 'absent', via: ['IRSA'] } }, uploads);
  await untilShown(leader, 'a pass waits', /^controller_runtime_reconcile_total\{.*result="requeue_after"\} [1-9]/m);
  gate.throttle();
  await apply('throttled', { lambda: { functionName: 'throttled' } }, uploads);
  await untilShown(leader, 'requests are sent again', /^appaccess_aws_retries_total\{.*\} [1-9]/m);
  await untilShown(leader, 'there is an outage', /^appaccess_aws_outage\{.*reason="Throttled"\} 1$/m);
}

async function startReplica(): Promise<ControllerProcess> {
  const { kubeconfigPath } = installation;
  const gated = { controlPlane, moto: { ...moto, url: gate.url } };
  const replica = await startControllerProcess(gated, CLUSTER, { args: ISSUER, kubeconfigPath });
  replicas.push(replica);
  await untilReady(replica);
  return replica;
}

function untilShown(replica: ControllerProcess, what: string, sample: RegExp): Promise<true> {
  const probe = async () => sample.test(await replica.metrics()) || undefined;
  return until(what, probe, { timeoutMs: 60_000, explain: replica.describe });
}

async function check(input: string): Promise<{ readonly exitCode: number | undefined; readonly all: string }> {
  const { exitCode, all } = await execa(promtool, ['check', 'metrics'], { input, all: true, reject: false });
  return { exitCode, all };
}

async function apply(name: string, subject: object, grants: readonly object[]): Promise<void> {
  const manifest = {
    apiVersion: 'appaccess.dev/v1alpha1',
    kind: 'AppAccess',
    metadata: { name, namespace: NAMESPACE },
    spec: { subject, grants },
  };
  await kubectl.withInput(JSON.stringify(manifest), 'apply', '-f', '-');
}
