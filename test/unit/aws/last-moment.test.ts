import { mkdtemp, rm } from 'node:fs/promises';
import { type Agent, createServer as createPlainServer, get } from 'node:http';
import { createServer as createHttpsServer, get as secureGet } from 'node:https';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { atLastMoment, checkedAgents } from '../../../src/aws/last-moment.ts';
import { createAuthority, issueServingCertificate } from '../../e2e/world/certificates.ts';

const LOST = new Error('the lease is lost');

let world: Awaited<ReturnType<typeof startDoor>>;
beforeEach(async () => {
  world = await startDoor();
});
afterEach(() => world.stop());

test('a request whose connection stands only after the check has changed its mind is not sent', async () => {
  let isLost = false;
  const sent = world.request(() => {
    if (isLost) throw LOST;
  });
  await world.knocked;
  isLost = true;
  world.open();
  await expect(sent).rejects.toBe(LOST);
  expect(world.seen()).toBe(0);
});

test('a request is sent once its connection stands, and the next one needs neither connection nor check', async () => {
  let checks = 0;
  const count = () => {
    checks += 1;
  };
  const sent = world.request(count);
  await world.knocked;
  expect(checks).toBe(0);
  world.open();
  expect([await sent, checks]).toEqual([200, 1]);
  expect([await world.request(count), checks]).toEqual([200, 1]);
  expect(world.seen()).toBe(2);
});

test('a request without a check, and one without TLS, are sent as ever', async () => {
  world.open();
  expect(await world.plainRequest()).toBe(200);
  expect(await world.request(undefined)).toBe(200);
});

test('a connection that is refused ends its request with what refused it', async () => {
  await world.stop();
  await expect(world.request(() => undefined)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
});

/** A server behind a door that takes TCP connections at once, and lets through what they say from `open` on. */
async function startDoor() {
  const folder = await mkdtemp(join(tmpdir(), 'appaccess-door-'));
  const ca = await createAuthority(folder);
  const { cert, key } = await issueServingCertificate(ca);
  let seen = 0;
  const server = createHttpsServer({ cert, key }, (_, response) => {
    seen += 1;
    response.end();
  });
  const plain = createPlainServer((_, response) => response.end());
  const knocked = Promise.withResolvers<void>();
  const opened = Promise.withResolvers<void>();
  const sockets = new Set<Socket>();
  const door = createServer({ pauseOnConnect: true }, async (client) => {
    sockets.add(client);
    knocked.resolve();
    await opened.promise;
    const inside = connect(portOf(server), '127.0.0.1');
    sockets.add(inside);
    client.pipe(inside).pipe(client);
  });
  for (const each of [server, plain, door]) {
    await new Promise<void>((resolve) => each.listen(0, '127.0.0.1', resolve));
  }
  const agents = checkedAgents();
  const doorPort = portOf(door);
  return {
    knocked: knocked.promise,
    open: () => opened.resolve(),
    seen: () => seen,
    request(check: (() => void) | undefined): Promise<number | undefined> {
      const options = {
        host: '127.0.0.1',
        servername: 'localhost',
        port: doorPort,
        agent: agents.httpsAgent,
        ca: ca.cert,
      };
      return check === undefined
        ? statusOf(secureGet, options)
        : atLastMoment(check, () => statusOf(secureGet, options));
    },
    plainRequest: () => statusOf(get, { host: '127.0.0.1', port: portOf(plain), agent: agents.httpAgent }),
    async stop() {
      await rm(folder, { recursive: true, force: true });
      agents.httpAgent.destroy();
      agents.httpsAgent.destroy();
      for (const socket of sockets) socket.destroy();
      server.closeAllConnections();
      plain.closeAllConnections();
      for (const each of [server, plain, door]) if (each.listening) await new Promise((resolve) => each.close(resolve));
    },
  };
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}

function statusOf(
  send: typeof get | typeof secureGet,
  options: { readonly host: string; readonly port: number; readonly agent: Agent; readonly ca?: string },
): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    send(options, (response) => {
      response.resume().once('end', () => setImmediate(resolve, response.statusCode)); // by then the connection is free
    }).once('error', reject);
  });
}
