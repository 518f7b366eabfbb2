import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generate } from 'selfsigned';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { systemClock } from '../../../src/base/clock.ts';
import { KubeClient } from '../../../src/kube/kube-client.ts';
import { loadKubeConnection } from '../../../src/kube/kube-config.ts';
import type { KubeConnection } from '../../../src/kube/kube-connection.ts';

const WIDGET = { group: 'example.dev', version: 'v1', plural: 'widgets', namespace: 'team', name: 'one' };
const signal = new AbortController().signal;
let folder = '';
const stops: (() => Promise<unknown>)[] = [];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'service-account-'));
});
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
  await rm(folder, { recursive: true });
});

test('a pod trusts the CA of its service account, and sends the token that stands in the file at the moment', async () => {
  const { port, tokens } = await serve();
  const connection = await connect({ KUBERNETES_SERVICE_HOST: '127.0.0.1', KUBERNETES_SERVICE_PORT: String(port) });
  const client = new KubeClient({ connection, clock: systemClock, random: () => 0, userAgent: 'test' });
  await client.get(WIDGET, signal);
  await writeFile(join(folder, 'token'), 'second\n');
  await client.get(WIDGET, signal);
  expect({ tokens, namespace: connection.namespace }).toEqual({
    tokens: ['Bearer first', 'Bearer second'],
    namespace: 'appaccess-system',
  });
});

test('an IPv6 address of the API server stands in brackets', async () => {
  await mount('no CA that is used');
  const connection = await connect({ KUBERNETES_SERVICE_HOST: 'fd00::1', KUBERNETES_SERVICE_PORT: '443' });
  expect(connection.server).toBe('https://[fd00::1]:443');
});

test('a pod without a mounted token says what to check', async () => {
  const env = { KUBERNETES_SERVICE_HOST: '127.0.0.1', KUBERNETES_SERVICE_PORT: '443' };
  await expect(loadKubeConnection({ env, serviceAccountFolder: folder })).rejects.toMatchObject({
    name: 'TerminalError',
    reason: 'KubeconfigInvalid',
    message: expect.stringContaining('automountServiceAccountToken'),
  });
});

async function connect(env: Record<string, string>): Promise<KubeConnection> {
  const connection = await loadKubeConnection({ env, serviceAccountFolder: folder });
  stops.unshift(() => connection.close());
  return connection;
}

async function mount(ca: string): Promise<void> {
  const files = { 'ca.crt': ca, token: 'first', namespace: 'appaccess-system' };
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
}

/** An API server with a certificate of its own, whose CA is mounted; `tokens` are what it was sent. */
async function serve(): Promise<{ port: number; tokens: (string | undefined)[] }> {
  const altNames = [{ type: 7 as const, ip: '127.0.0.1' }];
  const made = await generate([{ name: 'commonName', value: 'kubernetes' }], {
    keyType: 'ec',
    algorithm: 'sha256',
    extensions: [{ name: 'subjectAltName', altNames }],
  });
  await mount(made.cert);
  const tokens: (string | undefined)[] = [];
  const server = createServer({ cert: made.cert, key: made.private }, (request, response) => {
    tokens.push(request.headers.authorization);
    response.setHeader('content-type', 'application/json').end(JSON.stringify({ metadata: { name: 'one' } }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  stops.push(() => new Promise((resolve) => server.close(resolve)));
  return { port: (server.address() as AddressInfo).port, tokens };
}
