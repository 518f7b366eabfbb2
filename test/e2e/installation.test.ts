import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { systemClock } from '../../src/base/clock.ts';
import { APP_ACCESSES } from '../../src/cli/controller/resource-paths.ts';
import { KubeClient } from '../../src/kube/kube-client.ts';
import { loadKubeConnection } from '../../src/kube/kube-config.ts';
import { type CommandResult, runKubectl } from './world/commands.ts';
import { type Installation, install, NAMESPACE, uninstall } from './world/installation.ts';
import { kubectlFor } from './world/kubectl.ts';
import { realWorld } from './world/real-world.ts';
import { until } from './world/until.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const TEAM = 'installation-test';
const STRICT = ['apply', '--server-side', '--dry-run=server', '--validate=strict', '--force-conflicts'];

const { controlPlane } = realWorld();
const kubectl = kubectlFor(controlPlane);
let installation: Installation;

beforeAll(async () => {
  installation = await install(controlPlane);
  await kubectl('create', 'namespace', TEAM);
  for (const role of ['view', 'edit', 'admin']) {
    await kubectl('create', 'rolebinding', role, '-n', TEAM, `--clusterrole=${role}`, `--user=${role}er`);
  }
});

afterAll(async () => {
  await kubectl('delete', 'namespace', TEAM, '--timeout=60s');
  await uninstall(controlPlane);
});

describe('every manifest that we ship', () => {
  const files = ['crds', 'examples'].flatMap((folder) =>
    readdirSync(join(ROOT, folder))
      .filter((file) => file.endsWith('.yaml'))
      .map((file) => `${folder}/${file}`),
  );

  test.each(files)('%s is accepted by a strict dry run, without a warning', async (file) => {
    expect(await run([...STRICT, '-f', join(ROOT, file)])).toMatchObject({ stderr: '', exitCode: 0 });
  });

  test.each(['crds', 'deploy/base', 'deploy/example'])(
    '%s renders and is accepted without a warning',
    async (folder) => {
      expect(await run([...STRICT, '-k', join(ROOT, folder)])).toMatchObject({ stderr: '', exitCode: 0 });
    },
  );

  test('a field that nobody knows would be refused', async () => {
    const stdin = 'apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: a}\nautomountToken: false\n';
    const { stderr, exitCode } = await run([...STRICT, '-f', '-'], stdin);
    expect([exitCode, stderr]).toEqual([1, expect.stringContaining('automountToken')]);
  });
});

describe('the pod of the Deployment', () => {
  test('is admitted by the restricted level of pod security, which its namespace enforces', async () => {
    expect(await createPod((pod) => pod)).toMatchObject({ stderr: '', exitCode: 0 });
  });

  test('would not be, if it were allowed more', async () => {
    const { stderr } = await createPod((pod) => ({ ...pod, hostNetwork: true }));
    expect(stderr).toContain('violates PodSecurity "restricted');
  });

  test('reaches the API server with what the kubelet mounts, and may do what the controller does first', async () => {
    const { hostname, port } = new URL(controlPlane.url);
    const connection = await loadKubeConnection({
      env: { KUBERNETES_SERVICE_HOST: hostname, KUBERNETES_SERVICE_PORT: port },
      serviceAccountFolder: installation.serviceAccountFolder,
    });
    const client = new KubeClient({ connection, clock: systemClock, random: Math.random, userAgent: 'test' });
    expect((await client.list(APP_ACCESSES, {}, AbortSignal.timeout(10_000))).items).toEqual([]);
    expect(connection.namespace).toBe(NAMESPACE);
    await connection.close();
  });
});

describe("Kubernetes' own roles", () => {
  const MAY_READ = ['get', 'list', 'watch'];
  const MAY_WRITE = ['create', 'update', 'patch', 'delete', 'deletecollection'];
  test.each([
    ['view', MAY_READ],
    ['edit', [...MAY_READ, ...MAY_WRITE]],
    ['admin', [...MAY_READ, ...MAY_WRITE]],
  ])('%s lets people do to AppAccess objects what it lets them do to others', async (role, verbs) => {
    const user = `${role}er`;
    const all = [...MAY_READ, ...MAY_WRITE];
    const allowed = async () => filter(all, (verb) => mayDo(user, verb));
    await until(
      `the role ${role} is aggregated`,
      async () => ((await allowed()).length === verbs.length ? true : undefined),
      { timeoutMs: 30_000, explain: async () => (await allowed()).join(', ') },
    );
    expect(await allowed()).toEqual(verbs);
    expect(await mayDo(user, 'update', '--subresource=status')).toBe(false);
  });
});

async function createPod(change: (pod: Record<string, unknown>) => object): Promise<CommandResult> {
  const path = ['get', 'deployment', 'appaccess-controller', '-n', NAMESPACE, '-o', 'json'];
  const { spec } = JSON.parse(await kubectl(...path));
  const { metadata, spec: pod } = spec.template;
  const object = { apiVersion: 'v1', kind: 'Pod', metadata: { ...metadata, name: 'one' }, spec: change(pod) };
  return run(['create', '--dry-run=server', '--validate=strict', '-n', NAMESPACE, '-f', '-'], JSON.stringify(object));
}

async function mayDo(user: string, verb: string, ...flags: string[]): Promise<boolean> {
  const question = ['auth', 'can-i', verb, 'appaccesses.appaccess.dev', ...flags, '-n', TEAM, '--as', user];
  return (await run(question)).stdout === 'yes';
}

async function filter(verbs: readonly string[], holds: (verb: string) => Promise<boolean>): Promise<string[]> {
  const answers = await Promise.all(verbs.map(holds));
  return verbs.filter((_, index) => answers[index]);
}

function run(args: readonly string[], stdin?: string): Promise<CommandResult> {
  return runKubectl(controlPlane, args, stdin === undefined ? {} : { stdin });
}
