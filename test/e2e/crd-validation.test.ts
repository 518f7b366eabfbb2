import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadAll } from 'js-yaml';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { badInput, manifestText, manifestWith, VALID_SPEC } from '../cases/bad-input.ts';
import type { BadInput } from '../cases/bad-input-row.ts';
import { runKubectl } from './world/commands.ts';
import { explainedPages, missingTexts } from './world/explained-fields.ts';
import { kubectlFor } from './world/kubectl.ts';
import { realWorld } from './world/real-world.ts';
import { until } from './world/until.ts';

const CRD = fileURLToPath(new URL('../../crds/appaccess.dev_appaccesses.yaml', import.meta.url));
const EXAMPLES = fileURLToPath(new URL('../../examples', import.meta.url));
const NAMESPACE = 'crd-validation';

const { controlPlane } = realWorld();

const kubectl = (args: readonly string[], stdin = '') => kubectlFor(controlPlane).withInput(stdin, ...args);

/** What the API server says to `text` in a dry run, and kubectl's exit code. */
async function dryRun(text: string, verb: 'apply' | 'replace' = 'apply') {
  const args = [verb, '--namespace', NAMESPACE, '--dry-run=server', '--filename', '-'];
  const { exitCode, stdout, stderr } = await runKubectl(controlPlane, args, { stdin: text });
  return { exitCode, said: stdout + stderr };
}

beforeAll(async () => {
  await kubectl(['apply', '--server-side', '--filename', CRD]);
  await kubectl(['wait', '--for=condition=Established', 'crd/appaccesses.appaccess.dev', '--timeout=60s']);
  await kubectl(['create', 'namespace', NAMESPACE]);
});

afterAll(async () => {
  await kubectl(['delete', 'namespace', NAMESPACE, '--wait=false']);
});

test('the API server finds nothing to complain about in the CRD', async () => {
  const crd = JSON.parse(await kubectl(['get', 'crd', 'appaccesses.appaccess.dev', '--output', 'json']));
  const conditions = crd.status.conditions.map(({ type, status }: { type: string; status: string }) => [type, status]);
  expect(Object.fromEntries(conditions)).toEqual({ NamesAccepted: 'True', Established: 'True' });
});

test('kubectl explain prints what every field of the spec is, its default and an example', async () => {
  // What kubectl explains from is published a moment after the kind is served.
  await until(
    'the schema is published',
    async () => ((await runKubectl(controlPlane, ['explain', 'appaccess'])).exitCode === 0 ? true : undefined),
    { timeoutMs: 30_000 },
  );
  const missing = [];
  for (const page of explainedPages()) missing.push(...missingTexts(page, await kubectl(['explain', page.path])));
  expect(missing).toEqual([]);
  expect(await kubectl(['explain', 'appaccess.spec.grants.s3.prefix'])).toContain(`
    Limits the access to objects whose keys start with this prefix, and listing
    to them. It is taken literally, ends in a slash and does not start with one.
    Without prefix and key the whole bucket is meant. Give prefix or key, not
    both.
    Example: prefix: uploads/
`);
});

test('the API server takes every example', async () => {
  const args = ['create', '--namespace', NAMESPACE, '--dry-run=server', '--validate=strict', '--filename', EXAMPLES];
  const texts = await Promise.all((await readdir(EXAMPLES)).map((name) => readFile(join(EXAMPLES, name), 'utf8')));
  const taken = (await kubectl([...args, '--output', 'name'])).split('\n').filter((name) => name !== '');
  expect(taken).toHaveLength(texts.flatMap((text) => loadAll(text)).length);
});

test('the API server fills in the same defaults as the command line', async () => {
  const created = await kubectl(
    ['create', '--namespace', NAMESPACE, '--dry-run=server', '--filename', '-', '--output', 'json'],
    manifestWith('subject: {serviceAccount: {name: uploader}}'),
  );
  const { spec, status } = JSON.parse(created);
  expect({ spec, status }).toEqual({
    spec: {
      subject: { serviceAccount: { name: 'uploader', via: ['PodIdentity'] } },
      grants: [{ s3: { bucket: 'invoices', prefix: 'uploads/', access: ['Write'] } }],
      drift: { mode: 'Repair', unmanaged: 'Remove' },
      deletionPolicy: 'Delete',
      suspend: false,
    },
    status: { observedGeneration: -1 },
  });
});

describe('the API server refuses with the field and the remedy', () => {
  const rows = badInput.filter(({ refusedBy, was }) => refusedBy === 'CRD' && was === undefined);
  test.each(rows.map((row) => [row.title, row] as const))('%s', async (_title, row) => {
    expectRefusal(row, await dryRun(manifestText(row)));
  });
});

describe('the API server refuses the update with the field and the remedy', () => {
  const rows = badInput.filter(({ was }) => was !== undefined);
  test.each(rows.map((row) => [row.title, row] as const))('%s', async (_title, row) => {
    await kubectl(['replace', '--namespace', NAMESPACE, '--force', '--filename', '-'], manifestText(row, row.was));
    const update = await dryRun(manifestText(row), 'replace');
    await kubectl(['delete', 'appaccess', 'bad-input', '--namespace', NAMESPACE]);
    expectRefusal(row, update);
  });
});

test.each(
  badInput
    .filter(({ refusedBy }) => refusedBy === 'compile' || refusedBy === 'condition')
    .map((row) => [row.title, row] as const),
)('the API server takes what only the compiler or the world can refuse: %s', async (_title, row) => {
  expect(await dryRun(manifestText(row))).toMatchObject({ exitCode: 0 });
});

test('kubectl reads the words of YAML 1.1 as booleans, so what lint refuses would not get further', async () => {
  const { exitCode, said } = await dryRun(manifestWith('grants: [{sqs: {queue: on, access: [Send]}}]'));
  expect(said).toContain('spec.grants[0].sqs.queue in body must be of type string: "boolean"');
  expect(exitCode).toBe(1);
});

test('the API server takes an update that leaves the subject kind and the role name alone', async () => {
  await kubectl(['create', '--namespace', NAMESPACE, '--filename', '-'], manifestWith('role: {name: uploader}'));
  const update = await dryRun(
    manifestWith('role: {name: uploader}\nsubject: {lambda: {functionName: renamed}}'),
    'replace',
  );
  await kubectl(['delete', 'appaccess', 'bad-input', '--namespace', NAMESPACE]);
  expect(update.exitCode).toBe(0);
});

test('the API server shows the columns, in the order of the design', async () => {
  await kubectl(['create', '--namespace', NAMESPACE, '--filename', '-'], manifestWith(VALID_SPEC));
  const table = await kubectl(['get', 'iam-access', '--namespace', NAMESPACE, '--output', 'wide']);
  await kubectl(['delete', 'appacc', 'bad-input', '--namespace', NAMESPACE]);
  expect(table.split('\n')[0]?.split(/\s+/)).toEqual([
    'NAME',
    'READY',
    'REASON',
    'ROLE',
    'AGE',
    'SUBJECT',
    'ACCOUNT',
    'DRIFT',
    'MESSAGE',
  ]);
});

function expectRefusal(row: BadInput, { exitCode, said }: { exitCode: number; said: string }): void {
  expect(said).toContain(row.serverPath ?? row.path);
  expect(said).toContain(row.serverMessage ?? row.message);
  expect(exitCode).toBe(1);
}
