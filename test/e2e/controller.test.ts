import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readAuditEvents } from './world/audit-log.ts';
import { awsEnvironment, REGION, runAws } from './world/commands.ts';
import { freePorts } from './world/free-ports.ts';
import {
  NAMESPACE as CONTROLLER_NAMESPACE,
  CONTROLLER_USER,
  type Installation,
  install,
  uninstall,
} from './world/installation.ts';
import { kubectlFor } from './world/kubectl.ts';
import { ACCOUNT_ID, resetMoto } from './world/moto.ts';
import { grantedPermissions, usedPermissions } from './world/permissions.ts';
import { realWorld } from './world/real-world.ts';
import { type SupervisedProcess, startSupervised } from './world/supervised-process.ts';
import { until } from './world/until.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const NAMESPACE = 'controller-test';
const WAIT = '--timeout=60s';
const IRSA = 'eks.amazonaws.com/role-arn';

const { controlPlane, moto } = realWorld();
const kubectl = kubectlFor(controlPlane, () => controller?.describe());
let installation: Installation;
let controller: SupervisedProcess;
let healthPort = 0;

beforeAll(async () => {
  await resetMoto(moto.url);
  installation = await install(controlPlane);
  await kubectl('create', 'namespace', NAMESPACE);
  controller = await startController();
});

afterAll(async () => {
  await kubectl('delete', 'namespace', NAMESPACE, WAIT);
  await controller.stop();
  await uninstall(controlPlane);
  await resetMoto(moto.url);
});

describe('the controller on a real kube-apiserver and moto', () => {
  test('makes the role that an example asks for, follows an edit, and deletes it with the object', async () => {
    await apply('examples/lambda-s3-dynamodb.yaml');
    await waitReady('invoice-uploader');
    const name = await roleNameOf('invoice-uploader');
    expect(JSON.stringify(await policyOf(name))).toContain('arn:aws:s3:::invoices/uploads/*');

    await kubectlIn('patch', 'appaccess', 'invoice-uploader', '--type', 'json', '-p', replacePrefix('other/'));
    await kubectlIn('wait', '--for=jsonpath={.status.observedGeneration}=2', 'appaccess/invoice-uploader', WAIT);
    expect(JSON.stringify(await policyOf(name))).toContain('arn:aws:s3:::invoices/other/*');

    await kubectlIn('delete', 'appaccess', 'invoice-uploader', WAIT);
    expect(await aws('iam', 'list-roles')).toMatchObject({ Roles: [] });
  });

  test('makes an instance profile and removes it', async () => {
    await apply('examples/ec2-instance-profile.yaml');
    const [object] = await names('appaccess');
    await waitReady(object ?? '');
    const name = await roleNameOf(object ?? '');
    expect(await aws('iam', 'get-instance-profile', '--instance-profile-name', name)).toMatchObject({
      InstanceProfile: { Roles: [{ RoleName: name }] },
    });
    await kubectlIn('delete', 'appaccess', object ?? '', WAIT);
    expect(await aws('iam', 'list-instance-profiles')).toMatchObject({ InstanceProfiles: [] });
  });

  test('annotates the service account of IRSA by server-side apply and gives the annotation up', async () => {
    await apply('examples/eks-irsa.yaml');
    await waitReady('order-api');
    const name = await roleNameOf('order-api');
    expect(await annotationOf('order-api')).toContain(`/${name}`);
    await kubectlIn('delete', 'appaccess', 'order-api', WAIT);
    expect(await annotationOf('order-api')).toBeUndefined();
    await kubectlIn('delete', 'serviceaccount', 'order-api');
  });

  test("waits out another's annotation and goes on when it is removed", async () => {
    await kubectlIn('create', 'serviceaccount', 'order-api');
    const theirs = 'arn:aws:iam::123456789012:role/theirs';
    await kubectlIn('annotate', 'serviceaccount', 'order-api', `${IRSA}=${theirs}`);
    await kubectl.withInput(irsaManifest(), 'apply', '-n', NAMESPACE, '-f', '-');
    await kubectlIn(
      'wait',
      `--for=jsonpath={.status.conditions[0].reason}=ServiceAccountAnnotated`,
      'appaccess/api',
      WAIT,
    );
    expect(await annotationOf('order-api')).toBe(theirs);
    await kubectlIn('annotate', 'serviceaccount', 'order-api', `${IRSA}-`);
    await waitReady('api');
    await kubectlIn('delete', 'appaccess', 'api', WAIT);
    await kubectlIn('delete', 'serviceaccount', 'order-api');
  });

  test('repairs drift when asked to look, and tells it as an event', async () => {
    await apply('examples/lambda-s3-dynamodb.yaml');
    await waitReady('invoice-uploader');
    const name = await roleNameOf('invoice-uploader');
    await controller.stop(); // a new process has no memory of its own writes, so the difference is drift at once
    await aws('iam', 'delete-role-policy', '--role-name', name, '--policy-name', 'appaccess');
    controller = await startController();
    await until(
      'the policy is back',
      async () => ((await policyNames(name)).includes('appaccess') ? true : undefined),
      { timeoutMs: 30_000 },
    );
    await until(
      'the event is there',
      async () => ((await kubectlIn('get', 'events')).includes('DriftRepaired') ? true : undefined),
      { timeoutMs: 30_000 },
    );
    await kubectlIn('delete', 'appaccess', 'invoice-uploader', WAIT);
  });

  test('writes nothing in a pass over an unchanged object', async () => {
    await apply('examples/lambda-s3-dynamodb.yaml');
    await waitReady('invoice-uploader');
    const before = await resourceVersion('invoice-uploader');
    await controller.stop();
    controller = await startController();
    await until('the pass is over', async () => ((await passes()) > 0 ? true : undefined), { timeoutMs: 30_000 });
    expect(await resourceVersion('invoice-uploader')).toBe(before);
    await kubectlIn('delete', 'appaccess', 'invoice-uploader', WAIT);
  });

  test('shows a refused object as Stalled with the field in its message, and kubectl wait sees it', async () => {
    await kubectl.withInput(adminManifest(), 'apply', '-n', NAMESPACE, '-f', '-');
    await kubectlIn('wait', '--for=condition=Stalled', 'appaccess/admin', WAIT);
    const described = await kubectlIn('describe', 'appaccess', 'admin');
    expect(described).toContain('spec.grants[0].statement.actions[0]');
    await kubectlIn('delete', 'appaccess', 'admin', WAIT);
    expect(await aws('iam', 'list-roles')).toMatchObject({ Roles: [] });
  });

  test('tells what happens again as one event that is counted', async () => {
    await apply('examples/lambda-s3-dynamodb.yaml');
    await waitReady('invoice-uploader');
    for (const [prefix, generation] of [
      ['second/', 2],
      ['third/', 3],
    ] as const) {
      await kubectlIn('patch', 'appaccess', 'invoice-uploader', '--type', 'json', '-p', replacePrefix(prefix));
      const observed = `--for=jsonpath={.status.observedGeneration}=${generation}`;
      await kubectlIn('wait', observed, 'appaccess/invoice-uploader', WAIT);
    }
    await until('the event is counted', async () => ((await seriesCounts()).includes(2) ? true : undefined), {
      timeoutMs: 30_000,
    });
    await kubectlIn('delete', 'appaccess', 'invoice-uploader', WAIT);
  });

  test('drains and exits with code 0 on SIGTERM', async () => {
    process.kill(controller.pid, 'SIGTERM');
    await until('the controller has exited', async () => controller.hasExited() || undefined, { timeoutMs: 30_000 });
    expect(await controller.describe()).toContain('exited with 0');
    controller = await startController();
  });

  // Last: it judges by all that the tests above made the controller do.
  test('is refused nothing by the API server, and uses all that its roles grant', async () => {
    const ofRole = async (...role: string[]) => JSON.parse(await kubectl('get', ...role, '-o', 'json')).rules;
    const rules = [
      ...(await ofRole('clusterrole', 'appaccess-controller')),
      ...(await ofRole('role', 'appaccess-controller', '-n', CONTROLLER_NAMESPACE)),
    ];
    const events = await readAuditEvents(controlPlane.auditLogPath, CONTROLLER_USER);
    const granted = grantedPermissions(rules);
    const refused = events
      .filter(({ responseStatus }) => responseStatus?.code === 403)
      .map(({ verb, requestURI }) => `${verb} ${requestURI}`);
    const used = new Set([...usedPermissions(events, granted), ...LIST_WITHOUT_STREAMS]);
    expect({ refused, used: [...used].sort() }).toEqual({ refused: [], used: granted });
  });
});

/** Asked for only of an API server that refuses streaming lists, as those before 1.32 do, or while it starts. */
const LIST_WITHOUT_STREAMS = ['list appaccesses.appaccess.dev', 'list serviceaccounts'];

async function startController(): Promise<SupervisedProcess> {
  const [health = 0, metrics = 0] = await freePorts(2);
  healthPort = health;
  metricsPort = metrics;
  const process_ = await startSupervised(
    process.execPath,
    [
      join(ROOT, 'src/main.ts'),
      'controller',
      '--unguarded',
      ...['--account-id', ACCOUNT_ID, '--region', REGION, '--cluster-name', 'e2e'],
      ...['--oidc-issuer', 'https://oidc.eks.eu-west-1.amazonaws.com/id/0123456789ABCDEF'],
      ...['--kubeconfig', installation.kubeconfigPath],
      ...['--health-address', `127.0.0.1:${health}`, '--metrics-address', `127.0.0.1:${metrics}`],
    ],
    { logPath: join(controlPlane.folder, `controller-${health}.log`), env: awsEnvironment(moto.url) },
  );
  await until(
    'the controller is ready',
    async () => {
      if (process_.hasExited()) throw new Error(await process_.describe());
      const answer = await fetch(`http://127.0.0.1:${healthPort}/readyz`).catch(() => undefined);
      return answer?.ok === true ? true : undefined;
    },
    { timeoutMs: 30_000, explain: process_.describe },
  );
  return process_;
}

let metricsPort = 0;

/** Passes that ended since the controller started. */
async function passes(): Promise<number> {
  const text = await metricsText();
  return [...text.matchAll(/^controller_runtime_reconcile_total\{.*\} (\d+)$/gm)].reduce(
    (sum, [, n]) => sum + Number(n),
    0,
  );
}

async function metricsText(): Promise<string> {
  return (await fetch(`http://127.0.0.1:${metricsPort}/metrics`)).text();
}

function kubectlIn(...args: string[]): Promise<string> {
  return kubectl(...args, '--namespace', NAMESPACE);
}

function apply(file: string): Promise<string> {
  return kubectlIn('apply', '-f', join(ROOT, file));
}

function waitReady(name: string): Promise<string> {
  return kubectlIn('wait', '--for=condition=Ready', `appaccess/${name}`, WAIT);
}

async function names(kind: string): Promise<string[]> {
  const list = JSON.parse(await kubectlIn('get', kind, '-o', 'json'));
  return list.items.map((item: { metadata: { name: string } }) => item.metadata.name);
}

async function seriesCounts(): Promise<number[]> {
  const list = JSON.parse(await kubectlIn('get', 'events.events.k8s.io', '-o', 'json'));
  return list.items.map((event: { series?: { count: number } }) => event.series?.count ?? 1);
}

async function resourceVersion(name: string): Promise<string> {
  return kubectlIn('get', 'appaccess', name, '-o', 'jsonpath={.metadata.resourceVersion}');
}

function roleNameOf(name: string): Promise<string> {
  return kubectlIn('get', 'appaccess', name, '-o', 'jsonpath={.status.role.name}');
}

async function annotationOf(account: string): Promise<string | undefined> {
  const object = JSON.parse(await kubectlIn('get', 'serviceaccount', account, '-o', 'json'));
  return object.metadata.annotations?.[IRSA];
}

async function aws(...args: string[]): Promise<unknown> {
  const { stdout, stderr, exitCode } = await runAws(moto, args);
  if (exitCode !== 0) throw new Error(`aws ${args.join(' ')}: ${stderr}`);
  return stdout === '' ? undefined : JSON.parse(stdout);
}

async function policyOf(roleName: string): Promise<unknown> {
  return aws('iam', 'get-role-policy', '--role-name', roleName, '--policy-name', 'appaccess');
}

async function policyNames(roleName: string): Promise<readonly string[]> {
  const answer = (await aws('iam', 'list-role-policies', '--role-name', roleName)) as { PolicyNames: string[] };
  return answer.PolicyNames;
}

function replacePrefix(prefix: string): string {
  return JSON.stringify([{ op: 'replace', path: '/spec/grants/0/s3/prefix', value: prefix }]);
}

function irsaManifest(): string {
  const subject = { serviceAccount: { name: 'order-api', via: ['IRSA'] } };
  return manifest('api', subject, [{ sqs: { queue: 'jobs', access: ['Send'] } }]);
}

function adminManifest(): string {
  const grants = [{ statement: { effect: 'Allow', actions: ['*'], resources: ['*'] } }];
  return manifest('admin', { lambda: { functionName: 'admin' } }, grants);
}

function manifest(name: string, subject: object, grants: readonly object[]): string {
  return JSON.stringify({
    apiVersion: 'appaccess.dev/v1alpha1',
    kind: 'AppAccess',
    metadata: { name },
    spec: { subject, grants },
  });
}
