import { chmod, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeAll, expect, test } from 'vitest';
import { systemClock } from '../../src/base/clock.ts';
import { KubeClient } from '../../src/kube/kube-client.ts';
import { loadKubeConnection } from '../../src/kube/kube-config.ts';
import { issueClientCertificate, readAuthority } from './world/certificates.ts';
import { runKubectl } from './world/commands.ts';
import { realWorld } from './world/real-world.ts';

const { controlPlane } = realWorld();
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

async function clientOf(name: string, user: object): Promise<KubeClient> {
  const cluster = { server: controlPlane.url, 'certificate-authority-data': Buffer.from(ca).toString('base64') };
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
  return new KubeClient({ connection, clock: systemClock, random: Math.random, userAgent: 'e2e' });
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
  await expect(client.list({ group: '', version: 'v1', plural: 'pods' }, {}, signal)).rejects.toThrow(asUser);

  const refused = await pluginPrinting({ token: 'not a token', expirationTimestamp: '2999-01-01T00:00:00Z' });
  const renewed = await clientOf('exec-renewed', { exec: refused.exec });
  await expect(renewed.get(DEFAULT, signal)).rejects.toMatchObject({ status: 401 });
  await refused.print({ token: await createToken('default') });
  await expect(renewed.list({ group: '', version: 'v1', plural: 'pods' }, {}, signal)).rejects.toThrow(asUser);
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
  const listPods = () => client.list({ group: '', version: 'v1', plural: 'pods' }, {}, signal);
  await expect(listPods()).rejects.toThrow('"system:serviceaccount:default:default" cannot');
  await writeFile(tokenFile, `${await readFile(tokenFile, 'utf8')}broken`);
  await expect(listPods()).rejects.toMatchObject({ status: 401 });
});
