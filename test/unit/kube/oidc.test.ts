import { chmod, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { load } from 'js-yaml';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { systemClock } from '../../../src/base/clock.ts';
import { KubeClient } from '../../../src/kube/kube-client.ts';
import { loadKubeConnection } from '../../../src/kube/kube-config.ts';
import { OidcMemory, oidcIdToken } from '../../../src/kube/oidc-tokens.ts';
import { type OidcIssuer, startOidcIssuer } from '../../support/oidc-issuer.ts';
import { startTlsWorld, type TlsWorld } from '../../support/tls-api-server.ts';

const WIDGET = { group: 'example.dev', version: 'v1', plural: 'widgets', namespace: 'team', name: 'one' };
const signal = new AbortController().signal;

let world: TlsWorld;
let issuer: OidcIssuer;
const closes: (() => Promise<void>)[] = [];
beforeEach(async () => {
  world = await startTlsWorld();
  issuer = await startOidcIssuer(world.ca);
});
afterEach(async () => {
  for (const close of closes.splice(0)) await close();
  await issuer.stop();
  await world.stop();
});

type Config = Readonly<Record<string, string | undefined>>;

/** Writes the kubeconfig of a user of the issuer; `config` replaces or, by undefined, takes away. */
function login(port: number, config: Config): Promise<string> {
  const provider = {
    name: 'oidc',
    config: {
      'idp-issuer-url': issuer.url,
      'client-id': issuer.clientId,
      'refresh-token': 'refresh',
      'idp-certificate-authority-data': Buffer.from(world.ca.cert).toString('base64'),
      ...config,
    },
  };
  const cluster = {
    server: `https://127.0.0.1:${port}`,
    'certificate-authority-data': Buffer.from(world.ca.cert).toString('base64'),
  };
  return world.write(
    'kubeconfig',
    JSON.stringify({
      'current-context': 'one',
      contexts: [{ name: 'one', context: { cluster: 'one', user: 'ann' } }],
      clusters: [{ name: 'one', cluster }],
      users: [{ name: 'ann', user: { 'auth-provider': provider } }],
    }),
  );
}

async function clientOf(
  kubeconfigPath: string,
  nowMs: () => number = Date.now,
  env: Record<string, string> = {},
): Promise<KubeClient> {
  const clock = { ...systemClock, now: nowMs };
  const connection = await loadKubeConnection({ kubeconfigPath, env, clock });
  closes.push(() => connection.close());
  return new KubeClient({ connection, clock, random: () => 0, userAgent: 'test' });
}

const message = async (answer: Promise<unknown>) => String(await answer.catch((reason: unknown) => reason));

test('an id-token that is valid is sent, and no issuer is asked', async () => {
  const { port, seen } = await world.serve();
  const idToken = await issuer.idToken(3600);
  const client = await clientOf(await login(port, { 'id-token': idToken }));
  await client.get(WIDGET, signal);
  expect({ sent: seen.map(({ authorization }) => authorization), refreshes: issuer.refreshes }).toEqual({
    sent: [`Bearer ${idToken}`],
    refreshes: [],
  });
});

test('an issuer is asked through the proxy that the environment names', async () => {
  const [{ port }, proxy] = [await world.serve(), await world.proxy()];
  const far = await startOidcIssuer(world.ca, 'issuer.test');
  closes.push(() => far.stop());
  const config = { 'idp-issuer-url': far.url, 'id-token': await far.idToken(-1) };
  const client = await clientOf(await login(port, config), Date.now, { HTTPS_PROXY: `http://127.0.0.1:${proxy.port}` });
  await client.get(WIDGET, signal);
  expect(far.refreshes).toHaveLength(1);
  expect(new Set(proxy.targets)).toEqual(new Set([new URL(far.url).host]));
});

test.each([
  ['has expired', -1],
  ['expires within the next ten seconds', 5],
])(
  'an id-token that %s is refreshed once for all who wait, and the new one is used from then on',
  async (_, seconds) => {
    const { port, seen } = await world.serve();
    const old = await issuer.idToken(seconds);
    const client = await clientOf(await login(port, { 'id-token': old }));
    const gate = Promise.withResolvers<void>();
    issuer.gate = gate.promise;
    const both = [client.get(WIDGET, signal), client.get(WIDGET, signal)];
    gate.resolve();
    await Promise.all(both);
    await client.get(WIDGET, signal);
    expect(issuer.refreshes).toEqual([{ refreshToken: 'refresh', clientId: issuer.clientId, basic: undefined }]);
    const sent = new Set(seen.map(({ authorization }) => authorization));
    expect(seen).toHaveLength(3);
    expect(sent.size).toBe(1);
    expect(sent).not.toContain(`Bearer ${old}`);
  },
);

test('a refresh that is under way when the kubeconfig is read again is waited for, not asked for twice', async () => {
  const config = {
    'idp-issuer-url': issuer.url,
    'client-id': issuer.clientId,
    'refresh-token': 'refresh',
    'idp-certificate-authority-data': Buffer.from(world.ca.cert).toString('base64'),
  };
  const options = {
    read: async () => config,
    save: async () => undefined,
    memory: new OidcMemory(),
    env: {},
    clock: systemClock,
  };
  const [before, after] = [oidcIdToken(config, options), oidcIdToken(config, options)];
  const [one, two] = await Promise.all([before(), after()]);
  expect(two).toBe(one);
  expect(issuer.refreshes).toHaveLength(1);
});

test('without an id-token one is had for the refresh-token, and the next when that has expired', async () => {
  const { port, seen } = await world.serve();
  let aheadMs = 0;
  const client = await clientOf(await login(port, {}), () => Date.now() + aheadMs);
  await client.get(WIDGET, signal);
  aheadMs = 3600_000;
  issuer.lifetimeSeconds = 7200;
  await client.get(WIDGET, signal);
  await client.get(WIDGET, signal);
  expect(issuer.refreshes).toHaveLength(2);
  expect(new Set(seen.map(({ authorization }) => authorization)).size).toBe(2);
});

test('a client-secret is shown to the issuer', async () => {
  const { port } = await world.serve();
  const client = await clientOf(await login(port, { 'client-secret': 's3cret' }));
  await client.get(WIDGET, signal);
  expect(issuer.refreshes).toMatchObject([{ basic: 'appaccess:s3cret' }]);
});

test('an id-token that is refused before it expires is refreshed, and the request is sent once more', async () => {
  const refused = `Bearer ${await issuer.idToken(3600)}`;
  const { port, seen } = await world.serve({ accepts: ({ authorization }) => authorization !== refused });
  const client = await clientOf(await login(port, { 'id-token': refused.slice('Bearer '.length) }));
  await client.get(WIDGET, signal);
  await client.get(WIDGET, signal);
  expect(seen.map(({ authorization }) => authorization === refused)).toEqual([true, false, false]);
  expect(issuer.refreshes).toHaveLength(1);
});

test('a refresh that is refused is told with what to do, without a token, and is tried again', async () => {
  const { port, seen } = await world.serve();
  const old = await issuer.idToken(-1);
  issuer.refreshToken = undefined;
  const config = { 'id-token': old, 'refresh-token': 'r3fresh', 'client-secret': 's3cret' };
  const client = await clientOf(await login(port, config));
  const error = await client.get(WIDGET, signal).catch((reason: unknown) => reason);
  expect(String(error)).toContain(
    `no new id-token from ${issuer.url}: it refuses (invalid_grant: session has ended); log in again`,
  );
  const all = inspect(error, { depth: 10 }); // as a logger might write it
  expect([old, 'r3fresh', 's3cret'].filter((secret) => all.includes(secret))).toEqual([]);
  expect(seen).toEqual([]);
  issuer.refreshToken = 'r3fresh';
  expect(await client.get(WIDGET, signal)).toBeDefined();
});

test('who has logged in again is let in without a restart', async () => {
  const { port } = await world.serve();
  issuer.refreshToken = 'another';
  const client = await clientOf(await login(port, { 'id-token': await issuer.idToken(-1) }));
  expect(await message(client.get(WIDGET, signal))).toContain('invalid_grant');
  await login(port, { 'refresh-token': 'another' });
  expect(await client.get(WIDGET, signal)).toBeDefined();
});

test('a refresh-token that the issuer replaces is written to the kubeconfig, for kubectl and the next start', async () => {
  const { port, seen } = await world.serve();
  issuer.rotates = true;
  const path = await login(port, { 'id-token': await issuer.idToken(-1) });
  await (await clientOf(path)).get(WIDGET, signal);
  const written = load(await readFile(path, 'utf8'));
  expect(written).toMatchObject({
    'current-context': 'one',
    users: [{ name: 'ann', user: { 'auth-provider': { name: 'oidc', config: { 'refresh-token': 'refresh+' } } } }],
  });
  await (await clientOf(path)).get(WIDGET, signal);
  expect(issuer.refreshes).toHaveLength(1);
  expect(new Set(seen.map(({ authorization }) => authorization)).size).toBe(1);
});

test('a refresh-token that stays leaves the kubeconfig as it is', async () => {
  const { port } = await world.serve();
  const path = await login(port, { 'id-token': await issuer.idToken(-1) });
  const before = await readFile(path, 'utf8');
  await (await clientOf(path)).get(WIDGET, signal);
  expect(await readFile(path, 'utf8')).toBe(before);
});

test('a refresh-token that is replaced is used though the kubeconfig cannot be written, also after a 401', async () => {
  let refused: string | undefined;
  const { port, seen } = await world.serve({ accepts: ({ authorization }) => authorization !== refused });
  issuer.rotates = true;
  const path = await login(port, { 'id-token': await issuer.idToken(-1) });
  await world.write('kubeconfig.lock', ''); // as of a kubectl that writes, or died writing
  const client = await clientOf(path);
  await client.get(WIDGET, signal);
  refused = seen[0]?.authorization;
  await client.get(WIDGET, signal);
  expect(issuer.refreshes.map(({ refreshToken }) => refreshToken)).toEqual(['refresh', 'refresh+']);
  expect(await readFile(path, 'utf8')).not.toContain('refresh+');
});

test('a refreshed kubeconfig keeps its mode', async () => {
  const { port } = await world.serve();
  issuer.rotates = true;
  const path = await login(port, { 'id-token': await issuer.idToken(-1) });
  await chmod(path, 0o600);
  await (await clientOf(path)).get(WIDGET, signal);
  const { mode } = await stat(path);
  expect(mode & 0o777).toBe(0o600);
});

test.each<[string, Config, string]>([
  [
    'an issuer of another CA',
    { 'idp-certificate-authority-data': undefined },
    'check idp-issuer-url and idp-certificate-authority',
  ],
  ['an issuer without TLS', { 'idp-issuer-url': 'http://127.0.0.1:1' }, 'only requests to HTTPS are allowed'],
  ['no refresh-token', { 'refresh-token': undefined }, 'no longer valid and there is no refresh-token; log in again'],
])('%s is told with what to check, and nothing is sent to the API server', async (_, config, words) => {
  const { port, seen } = await world.serve();
  const client = await clientOf(await login(port, { 'id-token': await issuer.idToken(-1), ...config }));
  const said = await message(client.get(WIDGET, signal));
  expect(said).toContain('TransientError');
  expect(said).toContain(words);
  expect(seen).toEqual([]);
});

test('an issuer that is gone is told as such, and asked again', async () => {
  const { port } = await world.serve();
  const gone = await startOidcIssuer(world.ca);
  await gone.stop();
  const path = await login(port, { 'idp-issuer-url': gone.url });
  const client = await clientOf(path);
  expect(await message(client.get(WIDGET, signal))).toContain(
    `no new id-token from ${gone.url}: fetch failed: ECONNREFUSED`,
  );
  await login(port, {});
  expect(await client.get(WIDGET, signal)).toBeDefined();
});

test('a CA of the issuer may stand in a file', async () => {
  const { port } = await world.serve();
  const path = join(world.folder, 'issuer.crt');
  await writeFile(path, world.ca.cert);
  const config = { 'idp-certificate-authority-data': undefined, 'idp-certificate-authority': path };
  const client = await clientOf(await login(port, config));
  expect(await client.get(WIDGET, signal)).toBeDefined();
});

test.each<[Config, string]>([
  [{ 'client-id': undefined }, 'auth-provider oidc: client-id is missing'],
  [{ 'idp-issuer-url': undefined }, 'auth-provider oidc: idp-issuer-url is missing'],
  [{ 'refresh-token': undefined }, 'id-token and refresh-token are missing; log in'],
])('a user of OIDC without %j is refused at the start', async (config, words) => {
  const { port } = await world.serve();
  const said = await message(clientOf(await login(port, config)));
  expect(said).toContain('TerminalError');
  expect(said).toContain(words);
});
