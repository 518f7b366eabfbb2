import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { describe, expect, test } from 'vitest';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const SETTINGS = ['--account-id', '123456789012', '--region', 'eu-west-1', '--cluster-name', 'demo'];
const EXAMPLE = 'examples/lambda-s3-dynamodb.yaml';
const KUBECONFIG = `apiVersion: v1
kind: Config
clusters: [{name: none, cluster: {server: "http://127.0.0.1:1"}}]
contexts: [{name: none, context: {cluster: none, user: none}}]
users: [{name: none, user: {}}]
current-context: none
`;
const BROKEN = `apiVersion: appaccess.dev/v1alpha1
kind: AppAccess
metadata: {name: one}
spec:
  subject: {ec2: {}}
  grants:
    - s3: {bucket: invoices, prefix: uploads, access: [Write]}
---
apiVersion: appaccess.dev/v1alpha1
kind: AppAccess
metadata: {name: two}
spec:
  subject: {ec2: {}}
  grants:
    - statement: {effect: Allow, actions: ["iam:PassRole"], resources: ["*"]}
`;

describe('appaccess compile', () => {
  test('prints the role as JSON, every member there', async () => {
    const { stdout, exitCode } = await run(['compile', '-f', EXAMPLE, '-o', 'json', ...SETTINGS]);
    expect(exitCode).toBe(0);
    const [compiled] = JSON.parse(stdout);
    expect(Object.keys(compiled)).toEqual(['namespace', 'name', 'role']);
    expect(Object.keys(compiled.role)).toEqual([
      'name',
      'path',
      'trust',
      'inline',
      'managedPolicyArns',
      'permissionsBoundary',
      'tags',
      'maxSessionSeconds',
    ]);
  });

  test('prints equal bytes each time', async () => {
    const [first, second] = await Promise.all([
      run(['compile', '-f', 'examples', ...SETTINGS, '--oidc-issuer', 'https://oidc.example.com/id/1']),
      run(['compile', '-f', 'examples', ...SETTINGS, '--oidc-issuer', 'https://oidc.example.com/id/1']),
    ]);
    expect(first.stdout).toBe(second.stdout);
    expect(first.exitCode).toBe(0);
  });

  test('names the flags that nobody gave, with file and line', async () => {
    const { stderr, exitCode } = await run(['compile', '-f', EXAMPLE]);
    expect(exitCode).toBe(1);
    expect(stderr).toContain('examples/lambda-s3-dynamodb.yaml:8: spec: needs the AWS account id; give --account-id');
    expect(stderr).toContain('--cluster-name');
  });

  test('takes settings from the environment', async () => {
    const env = { APPACCESS_ACCOUNT_ID: '123456789012', APPACCESS_REGION: 'eu-west-1', APPACCESS_CLUSTER_NAME: 'demo' };
    expect(await run(['compile', '-f', EXAMPLE], { env })).toMatchObject({ exitCode: 0 });
  });
});

describe('appaccess lint', () => {
  test('prints every problem of every document at once, with file, line and field', async () => {
    const { stderr, exitCode } = await run(['lint', '-f', '-'], { input: BROKEN });
    expect(exitCode).toBe(1);
    expect(stderr.split('\n')).toEqual([
      expect.stringMatching(/^-:7: spec\.grants\[0\]\.s3\.prefix: must end in '\/'/),
      expect.stringMatching(
        /^-:15: spec\.grants\[0\]\.statement\.actions\[0\]: iam:PassRole allows a workload to run code/,
      ),
    ]);
  });

  test('finds no problem in the examples and needs no flag for it', async () => {
    expect(await run(['lint', '-f', 'examples'])).toMatchObject({ exitCode: 0, stdout: '8 AppAccess, no problem' });
  });
});

describe('appaccess controller', () => {
  test('does not start without --unguarded, and names everything that is missing', async () => {
    const { stderr, exitCode } = await run(['controller']);
    expect(exitCode).toBe(1);
    expect(stderr).toContain('needs --unguarded');
    expect(stderr).toContain('--account-id');
  });

  test('names the kubeconfig that it cannot find', async () => {
    const { stderr, exitCode } = await run(['controller', '--unguarded', ...SETTINGS, '--kubeconfig', 'missing.yaml']);
    expect(exitCode).toBe(1);
    expect(stderr).toContain('missing.yaml');
  });

  test('ends before it reaches for the cluster when the port of its metrics is taken', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const folder = await mkdtemp(join(tmpdir(), 'appaccess-taken-'));
    const kubeconfig = join(folder, 'kubeconfig');
    await writeFile(kubeconfig, KUBECONFIG);
    const flags = [...SETTINGS, '--kubeconfig', kubeconfig, '--metrics-address', `127.0.0.1:${port}`];
    const { stderr, exitCode } = await run(['controller', '--unguarded', ...flags]);
    server.close();
    await rm(folder, { recursive: true });
    expect(exitCode).toBe(1);
    expect(stderr).toContain('give another address with --metrics-address');
    expect(stderr).not.toContain('Kubernetes API');
  });

  test('runs as one process on a small heap', async () => {
    const tell = `data:text/javascript,process.on('exit',()=>console.log(process.pid,process.execArgv[0]))`;
    const started = execa(process.execPath, ['--import', tell, 'src/main.ts', 'controller', '--help'], { cwd: ROOT });
    expect((await started).stdout.split('\n').at(-1)).toBe(`${started.pid} --max-semi-space-size=8`);
  });
});

describe('appaccess dev', () => {
  test('ends when what it is to apply cannot be applied', async () => {
    const ports = ['--kube-port', '0', '--aws-port', '0', '--metrics-address', '0', '--health-address', '0'];
    const directory = await mkdtemp(join(tmpdir(), 'appaccess-dev-'));
    const { stderr, exitCode } = await run(['dev', ...ports, '--directory', directory, '--apply', 'no-such-folder']);
    await rm(directory, { recursive: true });
    expect(exitCode).toBe(1);
    expect(stderr).toContain('--apply: directory no-such-folder cannot be read');
  });
});

test('an unknown command is an error that names it', async () => {
  const { stderr, exitCode } = await run(['compil']);
  expect(exitCode).toBe(1);
  expect(stderr).toContain("unknown command 'compil'");
});

test('a setting that is wrong is an error that names its flag', async () => {
  const { stderr, exitCode } = await run(['compile', '-f', EXAMPLE, '--account-id', '12']);
  expect(exitCode).toBe(1);
  expect(stderr).toContain('--account-id');
});

function run(args: readonly string[], options: { env?: Record<string, string>; input?: string } = {}) {
  const { env = {}, input = '' } = options;
  return execa(process.execPath, ['src/main.ts', ...args], {
    cwd: ROOT,
    reject: false,
    input,
    extendEnv: false,
    env: { PATH: process.env.PATH ?? '', HOME: process.env.HOME ?? '', ...env },
  });
}
