import { inspect } from 'node:util';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { systemClock } from '../../../src/base/clock.ts';
import { KubeClient } from '../../../src/kube/kube-client.ts';
import { loadKubeConnection } from '../../../src/kube/kube-config.ts';
import { type SocksFault, type SocksServer, startSocksServer } from '../../support/socks-server.ts';
import { startTlsWorld, type TlsWorld } from '../../support/tls-api-server.ts';

const WIDGET = { group: 'example.dev', version: 'v1', plural: 'widgets', namespace: 'team', name: 'one' };
const signal = new AbortController().signal;

let world: TlsWorld;
const stops: (() => Promise<unknown>)[] = [];
beforeEach(async () => {
  world = await startTlsWorld();
});
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
  await world.stop();
});

async function startProxy(options: { login?: string; fault?: SocksFault } = {}): Promise<SocksServer> {
  const proxy = await startSocksServer(options);
  stops.push(() => proxy.stop());
  return proxy;
}

/** A client whose kubeconfig names a server called `host`, by a certificate for localhost. */
async function clientOf(
  server: string,
  { proxyUrl, env = {} }: { proxyUrl?: string; env?: Record<string, string> },
): Promise<KubeClient> {
  const cluster = {
    server,
    'tls-server-name': 'localhost',
    'certificate-authority-data': Buffer.from(world.ca.cert).toString('base64'),
    'proxy-url': proxyUrl,
  };
  const config = {
    'current-context': 'one',
    contexts: [{ name: 'one', context: { cluster: 'one', user: 'one' } }],
    clusters: [{ name: 'one', cluster }],
    users: [{ name: 'one', user: { token: 'token' } }],
  };
  const kubeconfigPath = await world.write('kubeconfig', JSON.stringify(config));
  const connection = await loadKubeConnection({ kubeconfigPath, env });
  stops.unshift(() => connection.close());
  return new KubeClient({ connection, clock: systemClock, random: () => 0, userAgent: 'test' });
}

test.each(['socks5', 'socks5h'])(
  'a proxy-url of %s leads to the server, whose name the proxy resolves',
  async (scheme) => {
    const [{ port, seen }, proxy] = [await world.serve(), await startProxy()];
    const client = await clientOf(`https://kubernetes.test:${port}`, {
      proxyUrl: `${scheme}://127.0.0.1:${proxy.port}`,
    });
    await client.get(WIDGET, signal);
    expect({ targets: proxy.targets, logins: proxy.logins, seen }).toEqual({
      targets: [`kubernetes.test:${port}`],
      logins: [],
      seen: [{ authorization: 'Bearer token', user: undefined }],
    });
  },
);

test('HTTPS_PROXY may name a SOCKS proxy, with the name and password that it carries', async () => {
  const [{ port, seen }, proxy] = [await world.serve(), await startProxy({ login: 'me:s@fe' })];
  const env = { HTTPS_PROXY: `socks5://me:s%40fe@127.0.0.1:${proxy.port}` };
  await (await clientOf(`https://kubernetes.test:${port}`, { env })).get(WIDGET, signal);
  expect({ targets: proxy.targets, logins: proxy.logins, requests: seen.length }).toEqual({
    targets: [`kubernetes.test:${port}`],
    logins: ['me:s@fe'],
    requests: 1,
  });
});

test('a name without a password is given to a SOCKS proxy that asks for it', async () => {
  const [{ port }, proxy] = [await world.serve(), await startProxy({ login: 'me:' })];
  const client = await clientOf(`https://kubernetes.test:${port}`, { proxyUrl: `socks5://me@127.0.0.1:${proxy.port}` });
  expect(await client.get(WIDGET, signal)).toBeDefined();
});

test.each([
  ['https://10.96.0.1', '10.96.0.1'],
  ['https://[fd00::1]', '[fd00:0000:0000:0000:0000:0000:0000:0001]'],
])('the server %s is asked of a SOCKS proxy as an address', async (server, asked) => {
  const [{ port, seen }, proxy] = [await world.serve(), await startProxy()];
  const client = await clientOf(`${server}:${port}`, { proxyUrl: `socks5://127.0.0.1:${proxy.port}` });
  await client.get(WIDGET, signal);
  expect({ targets: proxy.targets, requests: seen.length }).toEqual({ targets: [`${asked}:${port}`], requests: 1 });
});

test('the certificate of the server is checked behind a SOCKS proxy too', async () => {
  const [{ port, seen }, proxy] = [await world.serve(), await startProxy()];
  const other = await startTlsWorld();
  stops.push(() => other.stop());
  Object.assign(world.ca, { cert: other.ca.cert });
  const client = await clientOf(`https://kubernetes.test:${port}`, { proxyUrl: `socks5://127.0.0.1:${proxy.port}` });
  await expect(client.get(WIDGET, signal)).rejects.toThrow('its certificate is not from the CA that is configured');
  expect(seen).toEqual([]);
});

const REMEDY = 'check the proxy, which proxy-url in the kubeconfig or else HTTPS_PROXY names';

test.each<[string, SocksFault | undefined, string]>([
  ['refuses the server', { reply: 2 }, 'rejected connection - NotAllowed'],
  ['cannot reach the server', { reply: 5 }, 'rejected connection - ConnectionRefused'],
  ['wants a login', undefined, 'no accepted authentication type'],
  ['hangs up', 'HangUp', 'Socket closed'],
])('a SOCKS proxy that %s is told with what to check, and no password', async (_, fault, words) => {
  const { port } = await world.serve();
  const proxy = await startProxy(fault === undefined ? { login: 'me:safe' } : { fault });
  const login = fault === undefined ? '' : 'me:s3cret@';
  const proxyUrl = `socks5://${login}127.0.0.1:${proxy.port}`;
  const client = await clientOf(`https://kubernetes.test:${port}`, { proxyUrl });
  const error = await client.get(WIDGET, signal).catch((reason: unknown) => reason);
  expect(error).toMatchObject({ name: 'TransientError', reason: 'KubernetesUnreachable' });
  const text = String(error);
  expect(text).toContain(`https://kubernetes.test:${port} through the proxy socks5://127.0.0.1:${proxy.port}`);
  expect(text).toContain(`SOCKS proxy 127.0.0.1:${proxy.port}: `);
  expect(text).toContain(words);
  expect(text).toContain(REMEDY);
  expect(inspect(error, { depth: 10 })).not.toContain('s3cret');
});

test.each(['socks5', 'http'])(
  'an %s proxy that is gone is told with what to check, and used once it is there',
  async (scheme) => {
    const { port } = await world.serve();
    const gone = await startProxy();
    await gone.stop();
    const client = await clientOf(`https://kubernetes.test:${port}`, {
      proxyUrl: `${scheme}://127.0.0.1:${gone.port}`,
    });
    const error = await client.get(WIDGET, signal).catch((reason: unknown) => reason);
    expect(String(error)).toContain(`through the proxy ${scheme}://127.0.0.1:${gone.port}`);
    expect(String(error)).toContain('ECONNREFUSED');
    expect(String(error)).toContain(REMEDY);
  },
);

test.each([
  ['cluster "one": proxy-url', { proxyUrl: 'socks4://me:s3cret@proxy.test:1080' }, 'has the scheme socks4'],
  ['cluster "one": proxy-url', { proxyUrl: 'proxy.test:1080' }, 'has the scheme proxy.test'],
  ['cluster "one": proxy-url', { proxyUrl: 'http://' }, 'is no address'],
  ['HTTPS_PROXY', { env: { HTTPS_PROXY: 'ftp://me:s3cret@proxy.test' } }, 'has the scheme ftp'],
])('a proxy that cannot be served is refused at the start: %s', async (field, options, problem) => {
  const error = await clientOf('https://kubernetes.test', options).catch((reason: unknown) => reason);
  expect(error).toMatchObject({ name: 'TerminalError', reason: 'KubeconfigInvalid' });
  expect(String(error)).toContain(`${field} ${problem}`);
  expect(String(error)).toContain('give http://, https:// or socks5:// and the host and port of the proxy');
  expect(String(error)).not.toContain('s3cret');
});
