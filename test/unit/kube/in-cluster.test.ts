import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generate } from 'selfsigned';
import { request } from 'undici';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { loadInCluster } from '../../../src/kube/in-cluster.ts';
import { loadKubeConnection } from '../../../src/kube/kube-config.ts';
import type { KubeConnection } from '../../../src/kube/kube-connection.ts';
import { ManualClock } from '../../support/manual-clock.ts';

const ENV = { KUBERNETES_SERVICE_HOST: '10.0.0.1', KUBERNETES_SERVICE_PORT: '443' };
const NO_CA = 'not asked for in this test';

let directory = '';
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'service-account-'));
});
afterEach(() => rm(directory, { recursive: true }));

async function mount(files: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, text] of Object.entries(files)) await writeFile(join(directory, name), text);
}

async function authorization(connection: KubeConnection): Promise<string | undefined> {
  const headers: Record<string, string> = {};
  await connection.authorize(headers);
  return headers.authorization;
}

test("a pod's service account gives server, namespace and token", async () => {
  await mount({ token: 't1\n', 'ca.crt': NO_CA, namespace: 'appaccess-system' });
  const connection = await loadInCluster(ENV, { directory });
  expect([connection.server, connection.namespace]).toEqual(['https://10.0.0.1:443', 'appaccess-system']);
  expect(await authorization(connection)).toBe('Bearer t1');
});

test('an IPv6 address stands in brackets', async () => {
  await mount({ token: 't1', 'ca.crt': NO_CA });
  const { server } = await loadInCluster({ ...ENV, KUBERNETES_SERVICE_HOST: 'fd00::1' }, { directory });
  expect(server).toBe('https://[fd00::1]:443');
});

test('the token is read again after a minute, and the last one counts while it cannot be read', async () => {
  const clock = new ManualClock();
  await mount({ token: 't1', 'ca.crt': NO_CA });
  const connection = await loadInCluster(ENV, { directory, clock });
  await mount({ token: 't2' });
  await clock.advance(59_999);
  expect(await authorization(connection)).toBe('Bearer t1');
  await clock.advance(1);
  expect(await authorization(connection)).toBe('Bearer t2');
  await rm(join(directory, 'token'));
  await clock.advance(60_000);
  expect(await authorization(connection)).toBe('Bearer t2');
});

test('the API server is trusted by the CA of the service account, and by no other', async () => {
  const { private: key, cert } = await generate([{ name: 'commonName', value: 'localhost' }], {
    extensions: [{ name: 'subjectAltName', altNames: [{ type: 2, value: 'localhost' }] }],
  });
  const other = await generate([{ name: 'commonName', value: 'localhost' }]);
  const server = createServer({ key, cert }, (_request, response) => response.end('ok'));
  await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve));
  const { port } = server.address() as AddressInfo; // it listens on a port, not on a path
  const env = { KUBERNETES_SERVICE_HOST: 'localhost', KUBERNETES_SERVICE_PORT: String(port) };
  const ask = async (ca: string) => {
    await mount({ token: 't1', 'ca.crt': ca });
    const connection = await loadInCluster(env, { directory });
    try {
      return (await request(connection.server, { dispatcher: connection.dispatcher })).statusCode;
    } finally {
      await connection.dispatcher.destroy();
    }
  };
  try {
    expect(await ask(cert)).toBe(200);
    await expect(ask(other.cert)).rejects.toThrow(/self-signed|certificate/);
  } finally {
    server.close();
  }
});

test('a service account that is not mounted is an error that names the missing file', async () => {
  await expect(loadInCluster(ENV, { directory })).rejects.toThrow(join(directory, 'token'));
});

test('a pod that gives no connection is told what to check', async () => {
  await expect(loadKubeConnection({ env: { KUBERNETES_SERVICE_HOST: '10.0.0.1' } })).rejects.toMatchObject({
    name: 'TerminalError',
    reason: 'KubeconfigInvalid',
    message: expect.stringContaining('automountServiceAccountToken'),
  });
});
