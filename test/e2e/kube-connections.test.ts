import { chmod, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeAll, expect, test } from 'vitest';
import { systemClock } from '../../src/base/clock.ts';
import { KubeClient } from '../../src/kube/kube-client.ts';
import { loadKubeConnection } from '../../src/kube/kube-config.ts';
import type { KubeConnection } from '../../src/kube/kube-connection.ts';
import { sendForJson } from '../../src/kube/kube-request.ts';
import { startOidcIssuer } from '../support/oidc-issuer.ts';
import { startSocksServer } from '../support/socks-server.ts';
import { issueClientCertificate, readAuthority } from './world/certificates.ts';
import { runKubectl } from './world/commands.ts';
import { AUTHENTICATION_CONFIG } from './world/control-plane.ts';
import { realWorld } from './world/real-world.ts';
import { until } from './world/until.ts';

const { controlPlane } = realWorld();
const PODS = { group: '', version: 'v1', plural: 'pods' };
const DEFAULT = { group: '', version: 'v1', plural: 'namespaces', name: 'default' };
const signal = new AbortController().signal;

const closes: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closes.splice(0)) await close();
});

let ca = '';
beforeAll(async () => {
  ca = (await readAuthority(controlPlane.folder)).cert;
});

async function clientOf(name: string, user: object, more: object = {}): Promise<KubeClient> {
  const connection = await connect(name, user, more);
  return new KubeClient({ connection, clock: systemClock, random: Math.random, userAgent: 'e2e' });
}

async function connect(name: string, user: object, more: object = {}): Promise<KubeConnection> {
  const authority = Buffer.from(ca).toString('base64');
  const cluster = { server: controlPlane.url, 'certificate-authority-data': authority, ...more };
  const kubeconfigPath = join(controlPlane.folder, `${name}.kubeconfig`);
  const config = {
    'current-context': name,
    contexts: [{ name, context: { cluster: name, user: name } }],
    clusters: [{ name, cluster }],
    users: [{ name, user }],
  };
  await writeFile(kubeconfigPath, JSON.stringify(config), { mode: 0o600 });
  const connection = await loadKubeConnection({ kubeconfigPath, env: {} });
  closes.push(() => connection.close());
  return connection;
}

/** A plugin that prints whatever stands in its file at the moment. */
async function pluginPrinting(status: object): Promise<{ exec: object; print: (status: object) => Promise<void> }> {
  const output = join(controlPlane.folder, 'credential.json');
  const command = join(controlPlane.folder, 'plugin.cjs');
  await writeFile(
    command,
    `#!${process.execPath}\nprocess.stdout.write(require('node:fs').readFileSync('${output}'));\n`,
  );
  await chmod(command, 0o700);
  const apiVersion = 'client.authentication.k8s.io/v1';
  const print = (printed: object) =>
    writeFile(output, JSON.stringify({ apiVersion, kind: 'ExecCredential', status: printed }));
  await print(status);
  return { exec: { apiVersion, command, interactiveMode: 'Never' }, print };
}

async function createToken(serviceAccount: string): Promise<string> {
  const { stdout } = await runKubectl(controlPlane, ['create', 'token', serviceAccount, '--duration=10m']);
  return stdout.trim();
}

test('a client certificate in files lets an administrator in', async () => {
  const { cert, key } = await issueClientCertificate(await readAuthority(controlPlane.folder), 'ann', [
    'system:masters',
  ]);
  await writeFile(join(controlPlane.folder, 'ann.crt'), cert);
  await writeFile(join(controlPlane.folder, 'ann.key'), key, { mode: 0o600 });
  const client = await clientOf('files', { 'client-certificate': 'ann.crt', 'client-key': 'ann.key' });
  expect((await client.get(DEFAULT, signal))?.metadata.name).toBe('default');
});

test('an exec plugin lets in whom it returns the token of, and the next one after a token that is refused', async () => {
  const plugin = await pluginPrinting({ token: await createToken('default') });
  const client = await clientOf('exec-token', { exec: plugin.exec });
  const asUser = 'User "system:serviceaccount:default:default" cannot';
  await expect(client.list(PODS, {}, signal)).rejects.toThrow(asUser);

  const refused = await pluginPrinting({ token: 'not a token', expirationTimestamp: '2999-01-01T00:00:00Z' });
  const renewed = await clientOf('exec-renewed', { exec: refused.exec });
  await expect(renewed.get(DEFAULT, signal)).rejects.toMatchObject({ status: 401 });
  await refused.print({ token: await createToken('default') });
  await expect(renewed.list(PODS, {}, signal)).rejects.toThrow(asUser);
});

test('an exec plugin lets in whom it returns the client certificate of', async () => {
  const { cert, key } = await issueClientCertificate(await readAuthority(controlPlane.folder), 'eve', [
    'system:masters',
  ]);
  const plugin = await pluginPrinting({ clientCertificateData: cert, clientKeyData: key });
  const client = await clientOf('exec-certificate', { exec: plugin.exec });
  expect((await client.get(DEFAULT, signal))?.metadata.name).toBe('default');
});

test('a token file that is rewritten changes who asks', async () => {
  const tokenFile = join(controlPlane.folder, 'token');
  await writeFile(tokenFile, await createToken('default'));
  const client = await clientOf('token-file', { tokenFile });
  const listPods = () => client.list(PODS, {}, signal);
  await expect(listPods()).rejects.toThrow('"system:serviceaccount:default:default" cannot');
  await writeFile(tokenFile, `${await readFile(tokenFile, 'utf8')}broken`);
  await expect(listPods()).rejects.toMatchObject({ status: 401 });
});

/** Who the API server takes the sender for. */
async function whoIs(connection: KubeConnection): Promise<object> {
  const path = { group: 'authentication.k8s.io', version: 'v1', plural: 'selfsubjectreviews' };
  const body = { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' };
  const options = { connection, clock: systemClock, userAgent: 'e2e', onRequest() {}, beforeWrite() {} };
  const answer = await sendForJson(options, { verb: 'create', method: 'POST', path, body }, signal);
  return (answer as { status: { userInfo: object } }).status.userInfo;
}

async function administrator(): Promise<object> {
  const { cert, key } = await issueClientCertificate(await readAuthority(controlPlane.folder), 'ann', [
    'system:masters',
  ]);
  return {
    'client-certificate-data': Buffer.from(cert).toString('base64'),
    'client-key-data': Buffer.from(key).toString('base64'),
  };
}

test('who impersonates is taken for that user, with each of its groups and all that is known of it', async () => {
  const client = await connect('impersonating', {
    ...(await administrator()),
    as: 'jürgen',
    'as-uid': '42',
    'as-groups': ['developers', 'on call, nights'],
    'as-user-extra': { scopes: ['view', 'edit'], 'acme.dev/team': ['one'] },
  });
  expect(await whoIs(client)).toEqual({
    username: 'jürgen',
    uid: '42',
    groups: ['developers', 'on call, nights', 'system:authenticated'],
    extra: { scopes: ['view', 'edit'], 'acme.dev/team': ['one'] },
  });
});

test('a SOCKS proxy leads to the API server, which is asked for by its name', async () => {
  const proxy = await startSocksServer({ login: 'me:safe' });
  closes.push(() => proxy.stop());
  const { port } = new URL(controlPlane.url);
  const client = await clientOf('socks', await administrator(), {
    server: `https://kubernetes.test:${port}`,
    'tls-server-name': 'localhost',
    'proxy-url': `socks5://me:safe@127.0.0.1:${proxy.port}`,
  });
  expect((await client.get(DEFAULT, signal))?.metadata.name).toBe('default');
  expect(proxy.targets).toEqual([`kubernetes.test:${port}`]);
});

test('a user of an OIDC issuer is let in with a token that was refreshed once for all, also by the next process', async () => {
  const issuer = await startOidcIssuer(await readAuthority(controlPlane.folder));
  closes.push(() => issuer.stop());
  issuer.rotates = true;
  const jwt = {
    issuer: { url: issuer.url, audiences: [issuer.clientId], certificateAuthority: ca },
    claimMappings: { username: { claim: 'sub', prefix: 'oidc:' }, groups: { claim: 'groups', prefix: 'oidc:' } },
  };
  await writeFile(controlPlane.authenticationPath, JSON.stringify({ ...AUTHENTICATION_CONFIG, jwt: [jwt] }));
  const probe = await connect('oidc-probe', { token: await issuer.idToken(600) });
  await until('the API server takes tokens of the issuer', () => whoIs(probe).catch(() => undefined), {
    timeoutMs: 60_000,
  });

  const config = {
    'idp-issuer-url': issuer.url,
    'client-id': issuer.clientId,
    'idp-certificate-authority-data': Buffer.from(ca).toString('base64'),
    'id-token': await issuer.idToken(-1),
    'refresh-token': 'refresh',
  };
  const client = await connect('oidc', { 'auth-provider': { name: 'oidc', config } });
  await Promise.all([whoIs(client), whoIs(client)]);
  expect(await whoIs(client)).toMatchObject({
    username: 'oidc:ann',
    groups: ['oidc:developers', 'system:authenticated'],
  });
  expect(issuer.refreshes).toHaveLength(1);

  // What the issuer replaced was written back: the next process needs no refresh.
  const next = await loadKubeConnection({ kubeconfigPath: join(controlPlane.folder, 'oidc.kubeconfig'), env: {} });
  closes.push(() => next.close());
  expect(await whoIs(next)).toMatchObject({ username: 'oidc:ann' });
  expect(issuer.refreshes).toHaveLength(1);
});
