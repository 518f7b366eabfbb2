import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer as createTlsServer } from 'node:tls';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { loadKubeConnection } from '../../src/kube/kube-config.ts';
import type { KubeConnection } from '../../src/kube/kube-connection.ts';
import { createAuthority, issueServingCertificate, type KeyPair } from '../e2e/world/certificates.ts';
import { type EmbeddedWorld, startEmbeddedWorld } from '../support/embedded-world.ts';
import { JumpClock } from '../support/jump-clock.ts';
import { settle } from '../support/manual-clock.ts';
import { type OidcIssuer, startOidcIssuer } from '../support/oidc-issuer.ts';
import { recordingLogger } from '../support/recording-logger.ts';
import { type SocksServer, startSocksServer } from '../support/socks-server.ts';

const SPEC = {
  subject: { lambda: { functionName: 'uploader' } },
  grants: [{ s3: { bucket: 'invoices', prefix: 'uploads/', access: ['Write'] } }],
};

let world: EmbeddedWorld;
let folder: string;
let ca: KeyPair;
let api: { readonly port: number; stop(): Promise<void> };
let port: Front;
let connection: KubeConnection | undefined;
let issuer: OidcIssuer | undefined;
let socks: SocksServer | undefined;
beforeEach(async () => {
  world = await startEmbeddedWorld();
  folder = await mkdtemp(join(tmpdir(), 'kubeconfig-'));
  ca = await createAuthority(folder);
  api = await startTls(Number(new URL(world.kube.url).port), await issueServingCertificate(ca));
  port = await startFront(api.port);
});
afterEach(async () => {
  await world.stop();
  await connection?.close();
  await issuer?.stop();
  await socks?.stop();
  await port.close();
  await api.stop();
  await rm(folder, { recursive: true });
});

const CREDENTIAL = {
  apiVersion: 'client.authentication.k8s.io/v1',
  kind: 'ExecCredential',
  status: { token: 'token' },
};

interface Case {
  readonly begin: () => Promise<unknown>;
  readonly end: () => Promise<unknown>;
  /** The wait after which the line is there; 0: at once. */
  readonly waitMs: number;
  readonly words: string;
}

const CASES: Readonly<Record<string, Case>> = {
  'a server that refuses connections': {
    begin: async () => {
      await writeConfig();
      await port.close();
    },
    end: () => port.open(),
    waitMs: 0,
    words: 'ECONNREFUSED; check that it runs and can be reached',
  },
  'a server that takes connections and never says a word': {
    begin: async () => {
      await writeConfig();
      port.hold();
    },
    end: async () => port.forward(),
    waitMs: 30_000,
    words: 'no whole answer within 30 s; check that it runs and can be reached',
  },
  'the CA of another cluster': {
    begin: async () => writeConfig({ authority: await createAuthority(await mkdtemp(join(folder, 'other-'))) }),
    end: () => writeConfig(),
    waitMs: 0,
    words: 'its certificate is not from the CA that is configured: check certificate-authority in the kubeconfig',
  },
  'an OIDC session that has ended': {
    begin: async () => {
      issuer = await startOidcIssuer(ca);
      issuer.refreshToken = undefined;
      const config = {
        'idp-issuer-url': issuer.url,
        'client-id': issuer.clientId,
        'idp-certificate-authority-data': Buffer.from(ca.cert).toString('base64'),
        'id-token': await issuer.idToken(-1),
        'refresh-token': 'refresh',
      };
      await writeConfig({ user: { 'auth-provider': { name: 'oidc', config } } });
    },
    end: async () => {
      if (issuer !== undefined) issuer.refreshToken = 'refresh';
    },
    waitMs: 0,
    words: 'it refuses (invalid_grant: session has ended); log in again',
  },
  'a SOCKS proxy that refuses': {
    begin: async () => {
      socks = await startSocksServer({ fault: { reply: 2 } });
      await writeConfig({ cluster: { 'proxy-url': `socks5://127.0.0.1:${socks.port}` } });
    },
    end: async () => socks?.mend(),
    waitMs: 0,
    words: 'NotAllowed; check the proxy, which proxy-url in the kubeconfig or else HTTPS_PROXY names',
  },
  'a plugin that fails': {
    begin: async () => {
      await writePlugin(`console.error('session has expired, log in'); process.exit(1)`);
      const apiVersion = 'client.authentication.k8s.io/v1';
      await writeConfig({ user: { exec: { apiVersion, command: './plugin.cjs', interactiveMode: 'Never' } } });
    },
    end: () => writePlugin(`console.log(${JSON.stringify(JSON.stringify(CREDENTIAL))})`),
    waitMs: 0,
    words: 'session has expired, log in; check the user in the kubeconfig',
  },
};

test.each(Object.entries(CASES))(
  'a controller whose kubeconfig names %s says so once, tries sparely, and goes on by itself',
  async (_, { begin, end, waitMs, words }) => {
    await world.apply('uploader', SPEC);
    await begin();
    const clock = new JumpClock();
    const log = recordingLogger();
    connection = await loadKubeConnection({ kubeconfigPath: join(folder, 'kubeconfig'), env: {} });
    const tries = countTries(connection);
    const controller = await world.startController({ connection: tries.connection, clock, log, awaitReady: false });
    if (waitMs > 0) {
      while (port.connections() === 0) await settle();
      clock.jump(waitMs);
    }
    while (log.lines.length === 0) await settle();
    expect(log.lines).toHaveLength(1);
    expect(JSON.stringify(log.lines)).toContain(words);
    expect(controller.isReady()).toBe(false);
    for (let turns = 0; turns < 500; turns += 1) await settle(); // in which a busy loop would have tried a lot
    expect(tries.count()).toBeLessThanOrEqual(4); // each time once more after the credentials were read again

    await end();
    clock.jump(30_000);
    await controller.leading;
    await world.untilReady('uploader');
  },
);

async function writeConfig({
  authority = ca,
  cluster = {},
  user = {},
}: {
  authority?: KeyPair;
  cluster?: object;
  user?: object;
} = {}): Promise<void> {
  const data = Buffer.from(authority.cert).toString('base64');
  const config = {
    'current-context': 'one',
    contexts: [{ name: 'one', context: { cluster: 'one', user: 'one' } }],
    clusters: [
      {
        name: 'one',
        cluster: { server: `https://127.0.0.1:${port.port}`, 'certificate-authority-data': data, ...cluster },
      },
    ],
    users: [{ name: 'one', user }],
  };
  await writeFile(join(folder, 'kubeconfig'), JSON.stringify(config));
}

/** `connection`, and how often credentials for a request were asked of it. */
function countTries(counted: KubeConnection): { connection: KubeConnection; count: () => number } {
  let tries = 0;
  const authorize = (headers: Record<string, string>) => {
    tries += 1;
    return counted.authorize(headers);
  };
  return { connection: Object.create(counted, { authorize: { value: authorize } }), count: () => tries };
}

function writePlugin(script: string): Promise<void> {
  return writeFile(join(folder, 'plugin.cjs'), `#!${process.execPath}\n${script}\n`, { mode: 0o700 });
}

/** Speaks TLS with the certificate of `pair` and passes on to `target` what is said inside. */
async function startTls(target: number, pair: KeyPair) {
  const sockets = new Set<Socket>();
  const server = createTlsServer({ cert: pair.cert, key: pair.key }, (client) => {
    const back = connect(target, '127.0.0.1');
    for (const socket of [client, back]) {
      sockets.add(socket);
      socket.on('error', () => socket.destroy());
      socket.on('close', () => {
        client.destroy();
        back.destroy();
      });
    }
    client.pipe(back).pipe(client);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    async stop(): Promise<void> {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

interface Front {
  readonly port: number;
  connections(): number;
  /** Takes connections and does nothing with them, from now on. */
  hold(): void;
  /** Ends the connections that were held. */
  forward(): void;
  close(): Promise<void>;
  open(): Promise<void>;
}

/** A port before `target` that can be closed, or hold what connects. */
async function startFront(target: number): Promise<Front> {
  const sockets = new Set<Socket>();
  let isHolding = false;
  let connections = 0;
  const server: Server = createServer((client) => {
    connections += 1;
    const both = isHolding ? [client] : [client, connect(target, '127.0.0.1')];
    for (const socket of both) {
      sockets.add(socket);
      socket.on('error', () => socket.destroy());
      socket.on('close', () => {
        for (const end of both) end.destroy();
      });
    }
    const [, back] = both;
    if (back !== undefined) client.pipe(back).pipe(client);
  });
  const listen = (at: number) => new Promise<void>((resolve) => server.listen(at, '127.0.0.1', resolve));
  await listen(0);
  const { port: own } = server.address() as AddressInfo;
  return {
    port: own,
    connections: () => connections,
    hold() {
      isHolding = true;
    },
    forward() {
      isHolding = false;
      for (const socket of sockets) socket.destroy();
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      if (server.listening) await new Promise((resolve) => server.close(resolve));
    },
    open: () => listen(own),
  };
}
