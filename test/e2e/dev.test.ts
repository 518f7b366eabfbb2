import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type DevPorts, freeDevPorts, startDev, untilUp } from './world/dev-program.ts';
import { explainedPages, missingTexts } from './world/explained-fields.ts';
import { realWorld } from './world/real-world.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const WAIT = '--timeout=20s';
const { controlPlane, moto } = realWorld();

let directory = '';
let ports: DevPorts;
let dev: ReturnType<typeof startDev>;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'appaccess-dev-'));
  ports = await freeDevPorts();
  dev = startDev(directory, ports);
  await untilUp(dev);
});

afterAll(async () => {
  dev.kill('SIGTERM');
  await dev;
  await rm(directory, { recursive: true, force: true });
});

describe('the embedded world, driven by the real kubectl', () => {
  test('apply, wait, get in every output, describe, events', async () => {
    expect(await sh('kubectl apply -f examples/lambda-s3-dynamodb.yaml')).toContain('created');
    await sh(`kubectl wait --for=condition=Ready appaccess/invoice-uploader ${WAIT}`);
    expect(await sh('kubectl get appaccess')).toMatch(
      /NAME +READY +REASON +ROLE +AGE\ninvoice-uploader +True +Succeeded/,
    );
    expect(await sh('kubectl get appacc -o wide')).toContain('lambda/invoice-uploader');
    expect(await sh('kubectl get appaccesses -o name')).toBe('appaccess.appaccess.dev/invoice-uploader');
    expect(await sh('kubectl get appaccess invoice-uploader -o yaml')).toContain('observedGeneration: 1');
    expect(JSON.parse(await sh('kubectl get appaccess invoice-uploader -o json'))).toMatchObject({ kind: 'AppAccess' });
    expect(await sh("kubectl get appaccess -o jsonpath='{.items[0].status.accountId}'")).toBe('123456789012');
    expect(await sh('kubectl get appaccess -o custom-columns=N:.metadata.name --no-headers')).toBe('invoice-uploader');
    expect(await sh('kubectl get iam-access -A')).toContain('invoice-uploader');
    expect(await sh('kubectl describe appaccess invoice-uploader')).toMatch(/Events:[\s\S]*Applied/);
    expect(await sh('kubectl events --for appaccess/invoice-uploader')).toContain('create role');
  });

  test('the role can be read with the aws CLI', async () => {
    const name = await sh("kubectl get appaccess invoice-uploader -o jsonpath='{.status.role.name}'");
    expect(await sh(`"$AWS" iam get-role-policy --role-name ${name} --policy-name appaccess`)).toContain(
      's3:PutObject',
    );
  });

  test('label, annotate, patch, edit and server-side apply', async () => {
    await sh('kubectl label appaccess invoice-uploader team=red');
    expect(await sh('kubectl get appaccess -l team=red -o name')).toContain('invoice-uploader');
    await sh('kubectl annotate appaccess invoice-uploader note=x');
    await sh(`kubectl patch appaccess invoice-uploader --type merge -p '{"spec":{"role":{"description":"first"}}}'`);
    await sh(`KUBE_EDITOR='sed -i s/first/second/' kubectl edit appaccess invoice-uploader`);
    expect(await sh("kubectl get appaccess invoice-uploader -o jsonpath='{.spec.role.description}'")).toBe('second');
    expect(await sh('kubectl apply --server-side --force-conflicts -f examples/lambda-s3-dynamodb.yaml')).toContain(
      'serverside-applied',
    );
    expect(await sh('kubectl apply --dry-run=server -f examples/ec2-instance-profile.yaml')).toContain(
      'server dry run',
    );
  });

  test('a list of objects, as get prints them, can be applied', async () => {
    await sh('kubectl create namespace copies');
    const list = `kubectl get appaccess -o yaml | sed '/^    resourceVersion: /d; /^    uid: /d; s/namespace: default/namespace: copies/'`;
    expect(await sh(`${list} | kubectl apply -f -`)).toBe('appaccess.appaccess.dev/invoice-uploader created');
    const wrong = await run(`${list} | sed 's/functionName/functionNam/' | kubectl apply -f -`);
    expect(wrong).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('functionNam') });
    await sh(`kubectl delete namespace copies ${WAIT}`);
  });

  test('explain prints what every field of the spec is, its default and an example', async () => {
    const missing = [];
    for (const page of explainedPages()) missing.push(...missingTexts(page, await sh(`kubectl explain ${page.path}`)));
    expect(missing).toEqual([]);
    expect(await sh('kubectl explain appaccess --recursive')).toContain('maxSessionDuration');
  });

  test('a manifest that breaks a rule is refused with field and remedy', async () => {
    const patch = `[{"op":"replace","path":"/spec/grants/0/s3/prefix","value":"uploads"}]`;
    const answer = await run(`kubectl patch appaccess invoice-uploader --type json -p '${patch}'`);
    expect(answer).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('spec.grants[0].s3.prefix') });
    expect(answer.stderr).toContain("must end in '/'");
  });

  test('namespaces and service accounts come and go', async () => {
    await sh('kubectl create namespace team');
    await sh('kubectl create serviceaccount web -n team');
    expect(await sh('kubectl get serviceaccounts -n team -o name')).toContain('serviceaccount/web');
    await sh(`kubectl delete namespace team ${WAIT}`);
    expect(await sh('kubectl get namespaces -o name')).not.toContain('team');
  });

  test('plan says what is to be done with exit code 2, and nothing with 0', async () => {
    const open = await run('appaccess plan -f examples/ec2-instance-profile.yaml');
    expect(open).toMatchObject({ exitCode: 2, stdout: expect.stringContaining('create instance profile') });
    await sh('kubectl apply -f examples/ec2-instance-profile.yaml');
    await sh(`kubectl wait --for=condition=Ready appaccess --all ${WAIT}`);
    const closed = await run('appaccess plan -f examples/ec2-instance-profile.yaml');
    expect(closed).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('in sync') });
  });

  test('delete waits for the finalizer, and the roles are gone', async () => {
    await sh(`kubectl delete -f examples/lambda-s3-dynamodb.yaml -f examples/ec2-instance-profile.yaml ${WAIT}`);
    expect(JSON.parse(await sh('"$AWS" iam list-roles'))).toEqual({ Roles: [] });
  });

  test('a port that is taken is an error that names the flag', async () => {
    const second = await startDev(directory, ports);
    expect(second).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('--kube-port') });
  });
});

/** Runs `command` in a shell that has sourced what `dev` wrote, as a user would. */
function run(command: string) {
  const kubectlFolder = join(controlPlane.kubectl, '..');
  return execa('sh', ['-c', `. "$ENV_FILE"; PATH="$KUBECTL_FOLDER:$PATH"; ${command}`], {
    cwd: ROOT,
    reject: false,
    env: {
      ENV_FILE: join(directory, '.appaccess', 'env'),
      KUBECTL_FOLDER: kubectlFolder,
      KUBECACHEDIR: join(directory, 'cache'),
      AWS: moto.aws,
      AWS_PAGER: '',
    },
  });
}

async function sh(command: string): Promise<string> {
  const { stdout, stderr, exitCode } = await run(command);
  if (exitCode !== 0) throw new Error(`${command}: ${stderr}`);
  return stdout;
}
