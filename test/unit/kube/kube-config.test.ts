import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { loadKubeConnection } from '../../../src/kube/kube-config.ts';
import type { KubeConnection } from '../../../src/kube/kube-connection.ts';
import { loadPlainKubeconfig } from '../../../src/kube/kubeconfig-file.ts';

let directory = '';
const opened: KubeConnection[] = [];
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'kubeconfig-'));
});
afterEach(async () => {
  for (const connection of opened.splice(0)) await connection.close();
  await rm(directory, { recursive: true });
});

function config({ name = 'one', cluster = {}, user = {}, context = {} }: Record<string, unknown> & { name?: string }) {
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': name,
    contexts: [{ name, context: { cluster: name, user: name, ...Object(context) } }],
    clusters: [{ name, cluster: { server: `https://${name}.example:6443`, ...Object(cluster) } }],
    users: [{ name, user }],
  });
}

async function write(file: string, text: string): Promise<string> {
  const path = join(directory, file);
  await writeFile(path, text);
  return path;
}

/** What a test can compare of the connection that `options` give. */
async function load(options: Parameters<typeof loadKubeConnection>[0]) {
  const connection = await loadKubeConnection(options);
  opened.push(connection);
  const headers: Record<string, string> = {};
  await connection.authorize(headers);
  return { server: connection.server, namespace: connection.namespace, headers };
}

test('a kubeconfig with server and token gives that connection', async () => {
  const kubeconfigPath = await write('config', config({ user: { token: 's3cret' }, context: { namespace: 'team' } }));
  expect(await load({ kubeconfigPath, env: {} })).toEqual({
    server: 'https://one.example:6443',
    namespace: 'team',
    headers: { authorization: 'Bearer s3cret' },
  });
});

test('a kubeconfig of plain parts is read without client-node, one that runs a program is not', async () => {
  const ca = Buffer.from('pem').toString('base64');
  const plain = await loadPlainKubeconfig(
    await write('plain', config({ cluster: { 'certificate-authority-data': ca }, user: { token: 't' } })),
    {},
  );
  if (plain !== undefined) opened.push(plain);
  const exec = { apiVersion: 'client.authentication.k8s.io/v1', command: 'aws' };
  const running = await loadPlainKubeconfig(await write('exec', config({ user: { exec } })), {});
  expect([plain?.server, running]).toEqual(['https://one.example:6443', undefined]);
});

test('a kubeconfig that needs client-node gives the same connection through it', async () => {
  const kubeconfigPath = await write('config', config({ user: { username: 'me', password: 'pass' } }));
  expect(await load({ kubeconfigPath, env: {} })).toEqual({
    server: 'https://one.example:6443',
    namespace: 'default',
    headers: { authorization: `Basic ${Buffer.from('me:pass').toString('base64')}` },
  });
});

test('of several files in KUBECONFIG the first that sets a current context counts', async () => {
  const first = await write('first', config({ name: 'one', user: { token: '1' } }));
  const second = await write('second', config({ name: 'two', user: { token: '2' } }));
  const env = { KUBECONFIG: [first, second].join(delimiter) };
  expect((await load({ env })).server).toBe('https://one.example:6443');
});

test('the flag goes before KUBECONFIG', async () => {
  const flag = await write('flag', config({ name: 'flag' }));
  const other = await write('other', config({ name: 'other' }));
  expect((await load({ kubeconfigPath: flag, env: { KUBECONFIG: other } })).server).toBe('https://flag.example:6443');
});

test('a file that is not there is named, with the setting that names it', async () => {
  const path = join(directory, 'absent');
  await expect(load({ env: { KUBECONFIG: path } })).rejects.toMatchObject({
    name: 'TerminalError',
    reason: 'KubeconfigMissing',
    message: `kubeconfig ${path} cannot be read; check KUBECONFIG`,
  });
});

test('a kubeconfig without a current context says which command sets one', async () => {
  const kubeconfigPath = await write('config', JSON.stringify({ apiVersion: 'v1', kind: 'Config' }));
  await expect(load({ kubeconfigPath, env: {} })).rejects.toMatchObject({
    reason: 'KubeconfigInvalid',
    message: expect.stringContaining('kubectl config use-context'),
  });
});

test('without anything to go by the error names every way to give a cluster', async () => {
  await expect(load({ env: { HOME: directory } })).rejects.toMatchObject({
    reason: 'KubeconfigMissing',
    message: 'no cluster to connect to: give --kubeconfig FILE, set KUBECONFIG, or run in a pod with a service account',
  });
});
