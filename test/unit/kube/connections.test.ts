import { readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { createSecureServer } from 'node:http2';
import { type AddressInfo, createServer as createTcpServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Clock, systemClock } from '../../../src/base/clock.ts';
import { KubeClient } from '../../../src/kube/kube-client.ts';
import { loadKubeConnection } from '../../../src/kube/kube-config.ts';
import { createAuthority, issueServingCertificate } from '../../e2e/world/certificates.ts';
import { startFreezableRelay } from '../../support/freezable-relay.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { startTlsWorld, type TlsWorld } from '../../support/tls-api-server.ts';

const WIDGET = { group: 'example.dev', version: 'v1', plural: 'widgets', namespace: 'team', name: 'one' };
const signal = new AbortController().signal;

let world: TlsWorld;
const closes: (() => Promise<void>)[] = [];
beforeEach(async () => {
  world = await startTlsWorld();
});
afterEach(async () => {
  for (const close of closes.splice(0)) await close();
  await world.stop();
});

type Fields = Readonly<Record<string, unknown>>;

/** Writes the kubeconfig for a server at `port` that the authority of the world vouches for. */
function writeConfig(port: number, { cluster = {}, user = {} }: { cluster?: Fields; user?: Fields }): Promise<string> {
  const ca = { 'certificate-authority-data': base64(world.ca.cert) };
  return world.write(
    'kubeconfig',
    JSON.stringify({
      'current-context': 'one',
      contexts: [{ name: 'one', context: { cluster: 'one', user: 'one' } }],
      clusters: [{ name: 'one', cluster: { server: `https://127.0.0.1:${port}`, ...ca, ...cluster } }],
      users: [{ name: 'one', user }],
    }),
  );
}

async function clientOf(
  kubeconfigPath: string,
  env: Readonly<Record<string, string>> = {},
  clock: Clock = systemClock,
): Promise<KubeClient> {
  const connection = await loadKubeConnection({ kubeconfigPath, env });
  closes.push(() => connection.close());
  return new KubeClient({ connection, clock, random: () => 0, userAgent: 'test' });
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}

test('a client certificate is shown to a server that lets nobody in without one', async () => {
  const { port, seen } = await world.serve({ askForCertificate: true });
  const { cert, key } = await world.clientCertificate('ann');
  const user = { 'client-certificate-data': base64(cert), 'client-key-data': base64(key) };
  await (await clientOf(await writeConfig(port, { user }))).get(WIDGET, signal);
  expect(seen).toEqual([{ authorization: undefined, user: 'ann' }]);
});

test('a server that wants a client certificate gives no answer without one', async () => {
  const { port, seen } = await world.serve({ askForCertificate: true });
  const client = await clientOf(await writeConfig(port, {}));
  await expect(client.get(WIDGET, signal)).rejects.toMatchObject({ reason: 'KubernetesUnreachable' });
  expect(seen).toEqual([]);
});

test('a client certificate that was replaced on disk is used once the old one is refused', async () => {
  const { port, seen } = await world.serve({ accepts: ({ user }) => user === 'new' });
  const install = async (user: string) => {
    const { cert, key } = await world.clientCertificate(user);
    await world.write('client.crt', cert);
    await world.write('client.key', key);
  };
  await install('old');
  const user = { 'client-certificate': 'client.crt', 'client-key': 'client.key' };
  const client = await clientOf(await writeConfig(port, { user }));
  await install('new');
  await client.get(WIDGET, signal);
  await client.get(WIDGET, signal);
  expect(seen.map((request) => request.user)).toEqual(['old', 'new', 'new']);
});

test('a token file is read for each request', async () => {
  const { port, seen } = await world.serve();
  const tokenFile = await world.write('token', 'first\n');
  const client = await clientOf(await writeConfig(port, { user: { tokenFile, token: 'not this one' } }));
  await client.get(WIDGET, signal);
  await writeFile(tokenFile, 'second\n');
  await client.get(WIDGET, signal);
  expect(seen.map(({ authorization }) => authorization)).toEqual(['Bearer first', 'Bearer second']);
});

test('a 401 makes the kubeconfig be read again, for a write too, and the request is sent once more', async () => {
  const { port, seen } = await world.serve({ accepts: ({ authorization }) => authorization === 'Bearer new' });
  const client = await clientOf(await writeConfig(port, { user: { token: 'old' } }));
  await writeConfig(port, { user: { token: 'new' } });
  await client.patch(WIDGET, {}, 'merge', signal);
  expect(seen.map(({ authorization }) => authorization)).toEqual(['Bearer old', 'Bearer new']);
});

test('a 401 that stays is told after one more try', async () => {
  const { port, seen } = await world.serve({ accepts: () => false });
  const client = await clientOf(await writeConfig(port, { user: { token: 'wrong' } }));
  await expect(client.get(WIDGET, signal)).rejects.toMatchObject({ status: 401 });
  expect(seen).toHaveLength(2);
});

test('credentials that cannot be read again leave the refusal as it is, and those in use in use', async () => {
  let isOpen = false;
  const { port } = await world.serve({ accepts: () => isOpen });
  const path = await writeConfig(port, { user: { token: 'token' } });
  const client = await clientOf(path);
  await writeFile(path, 'half a fi');
  await expect(client.get(WIDGET, signal)).rejects.toMatchObject({ status: 401 });
  isOpen = true;
  expect(await client.get(WIDGET, signal)).toBeDefined();
});

test('a server of another CA is told with what to check, and reached once the CA is replaced', async () => {
  const { port } = await world.serve();
  const other = await createAuthority(world.folder);
  const cluster = { 'certificate-authority-data': base64(other.cert) };
  const client = await clientOf(await writeConfig(port, { cluster, user: { token: 'token' } }));
  await expect(client.get(WIDGET, signal)).rejects.toMatchObject({
    reason: 'KubernetesUnreachable',
    message: expect.stringMatching(/: [A-Z_]+; its certificate is not from the CA that is configured/),
  });
  await writeConfig(port, { user: { token: 'token' } });
  expect(await client.get(WIDGET, signal)).toBeDefined();
});

test.each([
  ['a certificate for another name', { 'tls-server-name': 'kubernetes.test' }, 'its certificate is for another name'],
  ['an address that does not resolve', { server: 'https://kubernetes.invalid' }, 'its name does not resolve'],
])('%s is told with what to check', async (_, cluster, words) => {
  const { port } = await world.serve();
  const client = await clientOf(await writeConfig(port, { cluster }));
  await expect(client.get(WIDGET, signal)).rejects.toThrow(words);
});

test('a port at which no TLS is spoken is told as such', async () => {
  const server = createServer((_, response) => response.end());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closes.push(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  const client = await clientOf(await writeConfig((server.address() as AddressInfo).port, {}));
  await expect(client.get(WIDGET, signal)).rejects.toThrow('no TLS is spoken there: check the address and port');
});

test('an abort ends a request at once, also while the server has not yet answered the TLS handshake', async () => {
  const sockets: Socket[] = [];
  const connected = Promise.withResolvers<void>();
  const server = createTcpServer((socket) => {
    sockets.push(socket);
    connected.resolve();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closes.unshift(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
  const client = await clientOf(await writeConfig((server.address() as AddressInfo).port, {}));
  const caller = new AbortController();
  const answer = client.get(WIDGET, caller.signal);
  await connected.promise;
  const reason = new Error('no longer needed');
  caller.abort(reason);
  await expect(answer).rejects.toBe(reason);
});

test('proxy-url sends TLS through the proxy, with the name and password that it carries', async () => {
  const [{ port, seen }, proxy] = [await world.serve(), await world.proxy()];
  const cluster = {
    server: `https://kubernetes.test:${port}`,
    'tls-server-name': 'localhost',
    'proxy-url': `http://me:s%40fe@127.0.0.1:${proxy.port}`,
  };
  const env = { HTTPS_PROXY: 'http://127.0.0.1:1', NO_PROXY: 'other.test' }; // a proxy-url goes before them
  await (await clientOf(await writeConfig(port, { cluster, user: { token: 'token' } }), env)).get(WIDGET, signal);
  expect({ ...proxy, seen }).toEqual({
    port: proxy.port,
    targets: [`kubernetes.test:${port}`],
    authorizations: [`Basic ${base64('me:s@fe')}`],
    seen: [{ authorization: 'Bearer token', user: undefined }],
  });
});

test('a proxy that is reached by TLS is trusted by the authority of the cluster', async () => {
  const [{ port, seen }, proxy] = [await world.serve(), await world.proxy({ tls: true })];
  const cluster = {
    server: `https://kubernetes.test:${port}`,
    'tls-server-name': 'localhost',
    'proxy-url': `https://me:safe@localhost:${proxy.port}`,
  };
  await (await clientOf(await writeConfig(port, { cluster, user: { token: 'token' } }))).get(WIDGET, signal);
  expect(proxy).toMatchObject({
    targets: [`kubernetes.test:${port}`],
    authorizations: [`Basic ${base64('me:safe')}`],
  });
  expect(seen).toHaveLength(1);
});

test('a proxy that is reached by TLS and has no certificate of a known authority is not used', async () => {
  const [{ port, seen }, stranger] = [await world.serve(), await startTlsWorld()];
  closes.push(() => stranger.stop());
  const proxy = await stranger.proxy({ tls: true });
  const cluster = { server: `https://kubernetes.test:${port}`, 'proxy-url': `https://localhost:${proxy.port}` };
  const client = await clientOf(await writeConfig(port, { cluster, user: { token: 'token' } }));
  await expect(client.get(WIDGET, signal)).rejects.toThrow(/certificate/);
  expect({ targets: proxy.targets, seen }).toEqual({ targets: [], seen: [] });
});

test('HTTPS_PROXY is used, with a client certificate that the server sees', async () => {
  const [{ port, seen }, proxy] = [await world.serve({ askForCertificate: true }), await world.proxy()];
  const { cert, key } = await world.clientCertificate('ann');
  const user = { 'client-certificate-data': base64(cert), 'client-key-data': base64(key) };
  const cluster = { server: `https://kubernetes.test:${port}`, 'tls-server-name': 'localhost' };
  const env = { HTTPS_PROXY: `http://127.0.0.1:${proxy.port}` };
  await (await clientOf(await writeConfig(port, { cluster, user }), env)).get(WIDGET, signal);
  expect({ targets: proxy.targets, seen }).toEqual({
    targets: [`kubernetes.test:${port}`],
    seen: [{ authorization: undefined, user: 'ann' }],
  });
});

/** A plugin that prints `status` and leaves a line a run, with what it was told; `%RUN%` becomes the number of the run. */
async function execUser(status: Fields): Promise<{ user: Fields; runs: () => Promise<string[]> }> {
  const log = join(world.folder, 'runs');
  const credential = { apiVersion: 'client.authentication.k8s.io/v1', kind: 'ExecCredential', status };
  const command = await world.write(
    'plugin.cjs',
    `#!${process.execPath}
const fs = require('node:fs');
fs.appendFileSync(${JSON.stringify(log)}, (process.env.KUBERNETES_EXEC_INFO ?? '') + '\\n');
const run = fs.readFileSync(${JSON.stringify(log)}, 'utf8').split('\\n').length - 1;
console.log(${JSON.stringify(JSON.stringify(credential))}.replaceAll('%RUN%', run));
`,
  );
  const exec = {
    apiVersion: 'client.authentication.k8s.io/v1',
    command,
    interactiveMode: 'Never',
    provideClusterInfo: true,
  };
  const runs = async () => (await readFile(log, 'utf8')).trim().split('\n');
  return { user: { exec }, runs };
}

test('an exec plugin runs once for all requests until what it returned expires', async () => {
  const { port, seen } = await world.serve();
  const { user, runs } = await execUser({ token: 'run-%RUN%', expirationTimestamp: '2999-01-01T00:00:00Z' });
  const client = await clientOf(await writeConfig(port, { user }));
  await Promise.all([client.get(WIDGET, signal), client.get(WIDGET, signal)]);
  await client.get(WIDGET, signal);
  expect(new Set(seen.map(({ authorization }) => authorization))).toEqual(new Set(['Bearer run-1']));
  expect((await runs()).map((info) => JSON.parse(info))).toMatchObject([
    { kind: 'ExecCredential', spec: { interactive: false, cluster: { server: `https://127.0.0.1:${port}` } } },
  ]);
});

test('an exec plugin runs again when what it returned has expired', async () => {
  const { port, seen } = await world.serve();
  const { user } = await execUser({ token: 'run-%RUN%', expirationTimestamp: '2020-01-01T00:00:00Z' });
  const client = await clientOf(await writeConfig(port, { user }));
  await client.get(WIDGET, signal);
  await client.get(WIDGET, signal);
  expect(seen.map(({ authorization }) => authorization)).toEqual(['Bearer run-1', 'Bearer run-2']);
});

test('an exec plugin runs again when what it returned is refused before it expires', async () => {
  const { port, seen } = await world.serve({ accepts: ({ authorization }) => authorization !== 'Bearer run-1' });
  const { user } = await execUser({ token: 'run-%RUN%', expirationTimestamp: '2999-01-01T00:00:00Z' });
  const client = await clientOf(await writeConfig(port, { user }));
  await client.get(WIDGET, signal);
  expect(seen.map(({ authorization }) => authorization)).toEqual(['Bearer run-1', 'Bearer run-2']);
});

test('a client certificate that an exec plugin returns is used, and the next one when it has expired', async () => {
  const { port, seen } = await world.serve({ askForCertificate: true });
  const certificate = async (name: string) => {
    const { cert, key } = await world.clientCertificate(name);
    return { clientCertificateData: cert, clientKeyData: key, expirationTimestamp: '2020-01-01T00:00:00Z' };
  };
  const { user } = await execUser(await certificate('first'));
  const client = await clientOf(await writeConfig(port, { user }));
  await client.get(WIDGET, signal);
  await execUser(await certificate('second'));
  await client.get(WIDGET, signal);
  expect(seen.map((request) => request.user)).toEqual(['first', 'second']);
});

test('an exec plugin that fails is told in its own words, and tried again with the next request', async () => {
  const { port } = await world.serve();
  const { user } = await execUser({ token: 'token' });
  const client = await clientOf(await writeConfig(port, { user }));
  const plugin = join(world.folder, 'plugin.cjs');
  const working = await readFile(plugin, 'utf8');
  await writeFile(plugin, `#!${process.execPath}\nconsole.error('session has expired, log in'); process.exit(1);`);
  await expect(client.get(WIDGET, signal)).rejects.toMatchObject({
    reason: 'KubernetesUnreachable',
    message: expect.stringContaining('session has expired, log in; check the user in the kubeconfig'),
  });
  await writeFile(plugin, working);
  expect(await client.get(WIDGET, signal)).toBeDefined();
});

test('a program of a plugin that is given by a path is looked for beside the kubeconfig', async () => {
  const { port, seen } = await world.serve();
  const { user } = await execUser({ token: 'run-%RUN%' });
  const exec = { ...Object(user.exec), command: './plugin.cjs' };
  await (await clientOf(await writeConfig(port, { user: { exec } }))).get(WIDGET, signal);
  expect(seen.map(({ authorization }) => authorization)).toEqual(['Bearer run-1']);
});

test('an exec plugin gets its arguments and variables, the CA where that stands in a file, and its own settings', async () => {
  const { port } = await world.serve();
  await world.write('server-ca.crt', world.ca.cert);
  const command = await world.write(
    'echo.cjs',
    `#!${process.execPath}
const { KUBERNETES_EXEC_INFO: info, OWN, PROXY } = process.env;
require('node:fs').writeFileSync(__dirname + '/told', JSON.stringify({ info: JSON.parse(info), OWN, PROXY, args: process.argv.slice(2) }));
console.log(JSON.stringify({ ...JSON.parse(info), status: { token: 'token' } }));
`,
  );
  const exec = {
    apiVersion: 'client.authentication.k8s.io/v1beta1',
    command,
    args: ['get', 'token'],
    env: [{ name: 'OWN', value: 'own' }],
    provideClusterInfo: true,
  };
  const cluster = {
    'certificate-authority-data': undefined,
    'certificate-authority': 'server-ca.crt',
    extensions: [{ name: 'client.authentication.k8s.io/exec', extension: { audience: 'a' } }],
  };
  const client = await clientOf(await writeConfig(port, { cluster, user: { exec } }), { PROXY: 'inherited' });
  await client.get(WIDGET, signal);
  expect(JSON.parse(await readFile(join(world.folder, 'told'), 'utf8'))).toEqual({
    info: {
      kind: 'ExecCredential',
      apiVersion: 'client.authentication.k8s.io/v1beta1',
      spec: {
        interactive: false,
        cluster: {
          server: `https://127.0.0.1:${port}`,
          'certificate-authority-data': base64(world.ca.cert),
          config: { audience: 'a' },
        },
      },
    },
    OWN: 'own',
    PROXY: 'inherited',
    args: ['get', 'token'],
  });
});

test('an exec plugin that reads from its standard input finds nothing there, and ends', async () => {
  const { port, seen } = await world.serve();
  const credential = {
    apiVersion: 'client.authentication.k8s.io/v1',
    kind: 'ExecCredential',
    status: { token: 'token' },
  };
  const command = await world.write(
    'asking.cjs',
    `#!${process.execPath}\nrequire('node:fs').readFileSync(0);\nconsole.log(${JSON.stringify(JSON.stringify(credential))});`,
  );
  const exec = { apiVersion: credential.apiVersion, command, interactiveMode: 'IfAvailable' };
  await (await clientOf(await writeConfig(port, { user: { exec } }))).get(WIDGET, signal);
  expect(seen).toHaveLength(1);
});

const V1 = 'client.authentication.k8s.io/v1';

test.each<[string, string, string]>([
  ['no JSON', 's3cret', 'printed no ExecCredential of client.authentication.k8s.io/v1; exec.apiVersion must be'],
  [
    'a credential of another version',
    JSON.stringify({ apiVersion: `${V1}beta1`, kind: 'ExecCredential', status: { token: 's3cret' } }),
    'printed no ExecCredential of client.authentication.k8s.io/v1',
  ],
  ['nothing to show', JSON.stringify({ apiVersion: V1, kind: 'ExecCredential' }), 'printed neither a token nor'],
  [
    'a certificate without its key',
    JSON.stringify({ apiVersion: V1, kind: 'ExecCredential', status: { clientCertificateData: 's3cret' } }),
    'printed only one of clientCertificateData and clientKeyData',
  ],
  [
    'an expiry that is no time',
    JSON.stringify({ apiVersion: V1, kind: 'ExecCredential', status: { token: 's3cret', expirationTimestamp: 'x' } }),
    'printed an expirationTimestamp that is no time',
  ],
])(
  'an exec plugin that prints %s is told as such, without what it printed, and nobody asks as nobody',
  async (_, printed, words) => {
    const { port, seen } = await world.serve();
    const command = await world.write('plugin.cjs', `#!${process.execPath}\nconsole.log(${JSON.stringify(printed)});`);
    const user = { exec: { apiVersion: V1, command, args: ['s3cret'] } };
    const client = await clientOf(await writeConfig(port, { user }));
    const said = String(await client.get(WIDGET, signal).catch((error: unknown) => error));
    expect(said).toContain(words);
    expect(said).not.toContain('s3cret');
    expect(seen).toEqual([]);
  },
);

test.each([
  ['absent', 'the program {} is not there; install it, or correct exec.command'],
  ['silent', '{} failed (3) and said nothing'],
])('an exec plugin that is %s is told as such, without its arguments', async (file, words) => {
  const { port } = await world.serve();
  await world.write('silent', `#!${process.execPath}\nprocess.exit(3);`);
  const command = join(world.folder, file);
  const client = await clientOf(
    await writeConfig(port, { user: { exec: { apiVersion: V1, command, args: ['s3cret'] } } }),
  );
  const said = String(await client.get(WIDGET, signal).catch((error: unknown) => error));
  expect(said).toContain(words.replace('{}', command));
  expect(said).not.toContain('s3cret');
});

test('a token goes before an exec plugin, which then does not run', async () => {
  const { port, seen } = await world.serve();
  const user = { token: 'token', exec: { apiVersion: V1, command: join(world.folder, 'absent') } };
  await (await clientOf(await writeConfig(port, { user }))).get(WIDGET, signal);
  expect(seen.map(({ authorization }) => authorization)).toEqual(['Bearer token']);
});

test('a token file that is empty is told as such, and nobody asks as nobody', async () => {
  const { port, seen } = await world.serve();
  const tokenFile = await world.write('token', '\n');
  const client = await clientOf(await writeConfig(port, { user: { tokenFile } }));
  await expect(client.get(WIDGET, signal)).rejects.toThrow(`tokenFile ${tokenFile} is empty`);
  expect(seen).toEqual([]);
});

test('a crowd of requests shares a hundred connections, and each gets its answer', async () => {
  const { cert, key } = await issueServingCertificate(world.ca);
  let most = 0;
  const server = createSecureServer({ cert, key, allowHTTP1: true }, (_, response) => {
    server.getConnections((_error, count) => {
      most = Math.max(most, count);
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ metadata: { name: 'one' } }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closes.unshift(() => new Promise<void>((resolve) => server.close(() => resolve())));
  const client = await clientOf(await writeConfig((server.address() as AddressInfo).port, {}));
  const answers = await Promise.all(Array.from({ length: 250 }, () => client.get(WIDGET, signal)));
  expect([answers.length, most]).toEqual([250, 100]);
});

test('several groups are several headers, over HTTP/1.1 though the server offers HTTP/2', async () => {
  const { port, impersonated } = await world.serve({ offersHttp2: true });
  const user = { token: 'token', as: 'ann', 'as-groups': ['developers', 'on call, nights'] };
  await (await clientOf(await writeConfig(port, { user }))).get(WIDGET, signal);
  expect(impersonated).toEqual([['ann', 'developers', 'on call, nights']]);
});

test('a server whose certificate nobody vouches for is reached with insecure-skip-tls-verify, as asked for', async () => {
  const { port, seen } = await world.serve();
  const cluster = { 'certificate-authority-data': undefined, 'insecure-skip-tls-verify': true };
  await (await clientOf(await writeConfig(port, { cluster, user: { token: 'token' } }))).get(WIDGET, signal);
  expect(seen).toHaveLength(1);
});
test.each(['directly', 'through a proxy'])(
  'a connection that led nowhere, %s, is not used for the next request, whatever the server offers to speak',
  async (way) => {
    const { cert, key } = await issueServingCertificate(world.ca);
    const arrived = Promise.withResolvers<void>();
    let answers = false;
    const server = createSecureServer({ cert, key, allowHTTP1: true }, (_, response) => {
      arrived.resolve();
      if (!answers) return;
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ metadata: { name: 'one' } }));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const relay = await startFreezableRelay((server.address() as AddressInfo).port);
    const clock = new ManualClock();
    const proxy = way === 'directly' ? {} : { 'proxy-url': `http://127.0.0.1:${(await world.proxy()).port}` };
    const client = await clientOf(await writeConfig(relay.port, { cluster: proxy }), {}, clock);
    closes.unshift(async () => {
      await relay.stop();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    });
    const lost = client.get(WIDGET, signal);
    lost.catch(() => undefined);
    await arrived.promise;
    relay.freeze();
    answers = true;
    await clock.advance(30_000);
    await expect(lost).rejects.toMatchObject({ reason: 'KubernetesUnreachable' });
    expect(await client.get(WIDGET, signal)).toMatchObject({ metadata: { name: 'one' } });
  },
);
