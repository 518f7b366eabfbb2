import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { loadKubeConnection } from '../../../src/kube/kube-config.ts';
import type { KubeConnection, RequestHeaders } from '../../../src/kube/kube-connection.ts';

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
  const headers: RequestHeaders = {};
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

test('a name and a password are sent as basic authentication', async () => {
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

test('of entries with one name in several files the first one counts, whole', async () => {
  const first = await write('first', config({ name: 'one', context: { namespace: 'first' } }));
  const second = await write('second', config({ name: 'one', user: { token: '2' } }));
  const env = { KUBECONFIG: [first, second].join(delimiter) };
  expect(await load({ env })).toEqual({ server: 'https://one.example:6443', namespace: 'first', headers: {} });
});

test('a file of KUBECONFIG may use what another one holds, and one that is not there counts for nothing', async () => {
  const all = JSON.parse(config({ name: 'one', user: { token: '1' } }));
  const first = await write('first', JSON.stringify({ 'current-context': 'one', contexts: all.contexts }));
  const second = await write('second', JSON.stringify({ clusters: all.clusters, users: all.users }));
  const env = { KUBECONFIG: [join(directory, 'absent'), first, second].join(delimiter) };
  expect((await load({ env })).headers).toEqual({ authorization: 'Bearer 1' });
});

test('a path in a kubeconfig is relative to that file, whichever of several it is', async () => {
  await mkdir(join(directory, 'sub'));
  await write('sub/token', 'from a file\n');
  const first = await write('first', JSON.stringify({ 'current-context': 'one' }));
  const second = await write('sub/second', config({ user: { tokenFile: 'token' } }));
  const env = { KUBECONFIG: [first, second].join(delimiter) };
  expect((await load({ env })).headers).toEqual({ authorization: 'Bearer from a file' });
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

test('all who are impersonated are named, each group and each extra by itself', async () => {
  const user = {
    token: 't',
    as: 'jürgen',
    'as-uid': '42',
    'as-groups': ['developers', 'a, b'],
    'as-user-extra': { scopes: ['view', 'edit'], 'acme.dev/Team': ['one'] },
  };
  const kubeconfigPath = await write('config', config({ user }));
  expect((await load({ kubeconfigPath, env: {} })).headers).toEqual({
    authorization: 'Bearer t',
    'impersonate-user': Buffer.from('jürgen').toString('latin1'),
    'impersonate-uid': '42',
    'impersonate-group': ['developers', 'a, b'],
    'impersonate-extra-scopes': ['view', 'edit'],
    'impersonate-extra-acme.dev%2FTeam': ['one'],
  });
});

test('nothing that proves who we are is sent to a server without TLS', async () => {
  const kubeconfigPath = await write(
    'config',
    config({ cluster: { server: 'http://one.example' }, user: { token: 's3cret' } }),
  );
  expect((await load({ kubeconfigPath, env: {} })).headers).toEqual({});
});

test('a context without a user connects as nobody', async () => {
  const kubeconfigPath = await write('config', config({ context: { user: '' } }));
  expect((await load({ kubeconfigPath, env: {} })).headers).toEqual({});
});

const EXEC = { apiVersion: 'client.authentication.k8s.io/v1', command: 'aws' };
const PEM = Buffer.from('-----BEGIN CERTIFICATE-----').toString('base64');

test.each<[string, Parameters<typeof config>[0], string]>([
  ['a misspelt field of a user', { user: { tokenfile: 't' } }, 'user "one": field tokenfile is not known here'],
  ['a misspelt field of a cluster', { cluster: { ca: 'c' } }, 'cluster "one": field ca is not known here'],
  ['a token that is a number', { user: { token: 12345 } }, 'user "one": field token must be a string'],
  ['a switch in quotes', { cluster: { 'insecure-skip-tls-verify': 'true' } }, 'must be true or false'],
  ['one group that is no list', { user: { as: 'a', 'as-groups': 'b' } }, 'as-groups must be a list of strings'],
  ['groups without a user', { user: { 'as-groups': ['b'] } }, 'need as, the user to impersonate'],
  ['token and password', { user: { token: 't', username: 'me' } }, 'token and username are two ways'],
  ['exec and auth-provider', { user: { exec: EXEC, 'auth-provider': { name: 'oidc' } } }, 'are two ways to prove'],
  ['a certificate without key', { user: { 'client-certificate-data': 'x' } }, 'belong together; give the one'],
  ['a key without certificate', { user: { 'client-key-data': 'x' } }, 'belong together; give the one'],
  [
    'a certificate that is none',
    { user: { 'client-certificate-data': 'x', 'client-key-data': 'x' } },
    'user "one": client-certificate and client-key cannot be used: ',
  ],
  [
    'a CA beside trust in everyone',
    { cluster: { 'certificate-authority-data': PEM, 'insecure-skip-tls-verify': true } },
    'contradict each other; remove the latter',
  ],
  ['a CA that is none', { cluster: { 'certificate-authority-data': 'cGVt' } }, 'holds no certificate in PEM'],
  ['a CA file that is not there', { cluster: { 'certificate-authority': 'absent' } }, 'ENOENT'],
  ['a server without scheme', { cluster: { server: 'one.example:6443' } }, 'it begins with https://'],
  ['no server', { cluster: { server: '' } }, 'cluster "one": server is missing'],
  ['another auth-provider', { user: { 'auth-provider': { name: 'gcp' } } }, 'auth-provider "gcp" is not known'],
  ['a field of exec', { user: { exec: { ...EXEC, arg: [] } } }, 'exec: field arg is not known here'],
  ['exec without command', { user: { exec: { ...EXEC, command: '' } } }, 'command is missing; name the program'],
  ['exec of another version', { user: { exec: { ...EXEC, apiVersion: 'v2' } } }, 'apiVersion "v2" is not known; use'],
  ['exec that must ask', { user: { exec: { ...EXEC, interactiveMode: 'Always' } } }, 'use Never or IfAvailable'],
  ['exec with a nameless variable', { user: { exec: { ...EXEC, env: [{ value: 'x' }] } } }, 'an entry without a name'],
  ['a user that is nowhere', { context: { user: 'bob' } }, 'context "one" names user "bob", which is not there'],
  ['a cluster that is nowhere', { context: { cluster: 'two' } }, 'context "one" names cluster "two", which is not'],
  ['no cluster', { context: { cluster: '' } }, 'context "one" names no cluster'],
])('%s is refused at the start, with what to do', async (_, parts, problem) => {
  const kubeconfigPath = await write('config', config(parts));
  const error = await load({ kubeconfigPath, env: {} }).catch((reason: unknown) => reason);
  expect(error).toMatchObject({ name: 'TerminalError', reason: 'KubeconfigInvalid' });
  expect(String(error)).toContain(`kubeconfig ${kubeconfigPath} gives no connection: `);
  expect(String(error)).toContain(problem);
});

test('fields that change nothing here are taken', async () => {
  const extensions = [{ name: 'minikube.sigs.k8s.io', extension: { version: '1' } }];
  const kubeconfigPath = await write(
    'config',
    config({ cluster: { extensions, 'disable-compression': true }, user: { token: 't', extensions } }),
  );
  expect((await load({ kubeconfigPath, env: {} })).headers).toEqual({ authorization: 'Bearer t' });
});

test('without anything to go by the error names every way to give a cluster', async () => {
  await expect(load({ env: { HOME: directory } })).rejects.toMatchObject({
    reason: 'KubeconfigMissing',
    message: 'no cluster to connect to: give --kubeconfig FILE, set KUBECONFIG, or run in a pod with a service account',
  });
});
