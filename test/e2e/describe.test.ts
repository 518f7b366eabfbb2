import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { IRSA, LAMBDA, POD_IDENTITY, THEIR_TRUST } from '../integration/reasons/stage.ts';
import { type EmbeddedWorld, startEmbeddedWorld } from '../support/embedded-world.ts';
import { kubectlFor } from './world/kubectl.ts';
import { realWorld } from './world/real-world.ts';

const CRDS = fileURLToPath(new URL('../../crds', import.meta.url));
const ROLE_ARN = 'eks.amazonaws.com/role-arn';
const THEIR_ROLE = 'arn:aws:iam::123456789012:role/theirs';
const NO_BOUNDARY = 'arn:aws:iam::123456789012:policy/none';
const statement = (...actions: string[]) => ({ statement: { effect: 'Allow', actions, resources: ['*'] } });
const tables = (count: number) =>
  Array.from({ length: count }, (_, index) => ({
    dynamodb: { table: `${'t'.repeat(170)}${index}`, actions: ['dynamodb:GetItem'] },
  }));

const { controlPlane } = realWorld();
const real = kubectlFor(controlPlane);
let world: EmbeddedWorld;

beforeAll(async () => {
  world = await startEmbeddedWorld();
  const controller = await world.startController();
  await standing();
  await refused();
  await changedBehindOurBack();
  await beingDeleted();
  await denied();
  await controller.stop(); // what waits is looked at again, and would change while it is compared
});
afterAll(() => world.stop());

async function standing(): Promise<void> {
  await world.apply('ready', LAMBDA);
  await world.apply('near-quota', { ...LAMBDA, grants: tables(28) });
  await world.apply('suspended', LAMBDA);
  for (const name of ['ready', 'near-quota', 'suspended']) await world.untilReady(name);
  await world.apply('suspended', { ...LAMBDA, suspend: true });
  await world.untilReason('suspended', 'Suspended');
}

/** What an app developer can do wrong. */
async function refused(): Promise<void> {
  world.aws.actAsOther('CreateRole', { RoleName: 'taken', AssumeRolePolicyDocument: THEIR_TRUST });
  await world.createServiceAccount('theirs', { [ROLE_ARN]: THEIR_ROLE });
  await world.apply('holder', POD_IDENTITY);
  await world.untilReady('holder');
  const typo = { s3: { bucket: 'invoices', actions: ['s3:GetObjekt'] } };
  await refuse('invalid', { ...LAMBDA, grants: [typo, statement('*')] }, 'PolicyInvalid');
  await refuse('too-large', { ...LAMBDA, grants: tables(50) }, 'PolicyInvalid');
  await refuse('foreign-role', { ...LAMBDA, role: { name: 'taken' } }, 'RoleNotOwned');
  await refuse('no-boundary', { ...LAMBDA, role: { permissionsBoundary: NO_BOUNDARY } }, 'ManagedPolicyNotFound');
  const irsa = (name: string) => ({ ...IRSA, subject: { serviceAccount: { name, via: ['IRSA'] } } });
  await refuse('no-account', irsa('nobody'), 'ServiceAccountNotFound');
  await refuse('their-account', irsa('theirs'), 'ServiceAccountAnnotated');
  await refuse('second-subject', POD_IDENTITY, 'SubjectTaken');
  await refuse('never-applied', { ...LAMBDA, suspend: true }, 'Suspended');
}

async function refuse(name: string, spec: object, reason: string): Promise<void> {
  await world.apply(name, spec);
  await world.untilReason(name, reason);
}

async function changedBehindOurBack(): Promise<void> {
  const spec = { ...LAMBDA, drift: { mode: 'Report' } };
  await world.apply('drifted', spec);
  const RoleName = (await world.untilReady('drifted')).status?.role?.name ?? '';
  world.aws.actAsOther('AttachRolePolicy', { RoleName, PolicyArn: 'arn:aws:iam::aws:policy/ReadOnlyAccess' });
  world.aws.actAsOther('DeleteRolePolicy', { RoleName, PolicyName: 'appaccess' });
  await world.apply('drifted', spec, { 'reconcile.fluxcd.io/requestedAt': 'now' });
  await world.untilReason('drifted', 'DriftReported');
}

async function beingDeleted(): Promise<void> {
  await world.apply('deleting', LAMBDA);
  const RoleName = (await world.untilReady('deleting')).status?.role?.name ?? '';
  world.aws.actAsOther('CreateInstanceProfile', { InstanceProfileName: 'theirs' });
  world.aws.actAsOther('AddRoleToInstanceProfile', { InstanceProfileName: 'theirs', RoleName });
  await world.remove('deleting');
  await world.until('deleting', ({ status }) => status?.conditions?.[0]?.reason === 'RoleInUse');
}

async function denied(): Promise<void> {
  world.aws.failNext('CreateRole', { kind: 'AccessDenied' }, 100);
  await refuse('denied', LAMBDA, 'AccessDenied');
}

describe('kubectl describe tells an app developer what is wrong and what to do', () => {
  test.each<[string, string, readonly string[]]>([
    [
      'invalid',
      'PolicyInvalid',
      [
        'spec.grants[0].s3.actions[0]: s3:GetObjekt: s3 has no such action; did you mean s3:GetObject?\n',
        '\nspec.grants[1].statement.actions[0]: * is full administrator access, which nobody gets; name the actions',
      ],
    ],
    [
      'too-large',
      'PolicyInvalid',
      ['spec.grants: compile to a policy of', 'split them over several AppAccess objects'],
    ],
    ['foreign-role', 'RoleNotOwned', ['role/taken exists and is not owned by this AppAccess', 'delete that role, or']],
    [
      'no-boundary',
      'ManagedPolicyNotFound',
      [NO_BOUNDARY, 'create that policy, or correct spec.role.permissionsBoundary'],
    ],
    ['no-account', 'ServiceAccountNotFound', ['service account default/nobody does not exist; create it']],
    [
      'their-account',
      'ServiceAccountAnnotated',
      [`${ROLE_ARN}=${THEIR_ROLE}`, 'remove that annotation, or name another'],
    ],
    ['second-subject', 'SubjectTaken', ['service account default/uploader', 'spec.subject.serviceAccount.name']],
    ['never-applied', 'Suspended', ['set spec.suspend to false to apply it']],
    [
      'drifted',
      'DriftReported',
      [
        '2 differences left standing because spec.drift says Report',
        'set spec.drift.mode to Repair',
        'managed policy arn:aws:iam::aws:policy/ReadOnlyAccess was added',
        'inline policy appaccess was removed',
      ],
    ],
    [
      'near-quota',
      'NearQuota',
      ['of the 10240 that IAM takes for one role; split them over several AppAccess objects'],
    ],
    ['deleting', 'RoleInUse', ['instance-profile/theirs, made elsewhere; take it out, or set spec.deletionPolicy']],
    [
      'denied',
      'AccessDenied',
      ['allow iam:CreateRole and iam:TagRole', 'in the IAM policy of the role that the controller'],
    ],
  ])('%s', async (name, reason, words) => {
    const text = await kubectl('describe', 'appaccess', name);
    const [status = '', events = ''] = text.slice(text.indexOf('\nStatus:')).split('\nEvents:');
    expect(status).toMatch(new RegExp(`Reason: +${reason}\n`));
    expect(events).toMatch(new RegExp(`Warning +${reason} `));
    for (const word of words) expect(status).toContain(word);
    const inOneLine = (word: string) => word.trim().split('\n').join('; ');
    for (const word of words) expect(events).toContain(inOneLine(word));
  });
});

describe('kubectl get', () => {
  test('has a line for each object with its state in one word', async () => {
    expect(columns(await kubectl('get', 'appaccess'), 3)).toEqual([
      ['NAME', 'READY', 'REASON'],
      ['deleting', 'False', 'RoleInUse'],
      ['denied', 'False', 'AccessDenied'],
      ['drifted', 'False', 'DriftReported'],
      ['foreign-role', 'False', 'RoleNotOwned'],
      ['holder', 'True', 'Succeeded'],
      ['invalid', 'False', 'PolicyInvalid'],
      ['near-quota', 'True', 'Succeeded'],
      ['never-applied', 'False', 'Suspended'],
      ['no-account', 'False', 'ServiceAccountNotFound'],
      ['no-boundary', 'False', 'ManagedPolicyNotFound'],
      ['ready', 'True', 'Succeeded'],
      ['second-subject', 'False', 'SubjectTaken'],
      ['suspended', 'True', 'Suspended'],
      ['their-account', 'False', 'ServiceAccountAnnotated'],
      ['too-large', 'False', 'PolicyInvalid'],
    ]);
  });

  test('-o wide adds subject, account, drift and the first line of the message', async () => {
    const wide = await kubectl('get', 'appaccess', '-o', 'wide');
    const [head = '', ...lines] = wide.split('\n');
    expect(head).toMatch(/^NAME +READY +REASON +ROLE +AGE +SUBJECT +ACCOUNT +DRIFT +MESSAGE$/);
    const line = (name: string) => lines.find((candidate) => candidate.startsWith(`${name} `)) ?? '';
    expect(line('ready')).toMatch(/ lambda\/uploader +123456789012 +0 +role default-ready-\w+ stands; /);
    expect(line('drifted')).toMatch(/ 2 +2 differences left standing .*:\.\.\.$/);
    expect(line('invalid')).toMatch(/ spec\.grants\[0\]\.s3\.actions\[0\]: .*\.\.\.$/);
  });

  test('prints the same over a real kube-apiserver', async () => {
    const namespace = 'columns';
    await real('apply', '--server-side', '-f', CRDS);
    await real('wait', '--for=condition=Established', 'crd/appaccesses.appaccess.dev', '--timeout=60s');
    await real('create', 'namespace', namespace);
    for (const { apiVersion, kind, metadata, spec, status } of await objects()) {
      const object = JSON.stringify({ apiVersion, kind, metadata: { name: metadata.name, namespace }, spec, status });
      await real.withInput(object, 'create', '-f', '-');
      await real.withInput(object, 'replace', '--subresource=status', '-f', '-');
    }
    const withoutAge = (text: string) => text.split('\n').map((line) => line.replace(/ +(AGE|\d+m?\d*s) +/, ' '));
    expect(withoutAge(await real('get', 'appaccess', '-n', namespace, '-o', 'wide'))).toEqual(
      withoutAge(await kubectl('get', 'appaccess', '-o', 'wide')),
    );
    await real('delete', 'namespace', namespace, '--wait=false');
  });
});

interface Stored {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly spec: object;
  readonly status: object;
}

async function objects(): Promise<readonly Stored[]> {
  return (JSON.parse(await kubectl('get', 'appaccess', '-o', 'json')) as { items: Stored[] }).items;
}

function columns(text: string, count: number): readonly (readonly string[])[] {
  return text.split('\n').map((line) => line.split(/ +/).slice(0, count));
}

/** The real kubectl over the embedded API server. */
async function kubectl(...args: string[]): Promise<string> {
  const { stdout } = await execa(controlPlane.kubectl, ['--server', world.kube.url, ...args], {
    env: { KUBECONFIG: '/dev/null' },
  });
  return stdout;
}
