import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

export interface SocksServer {
  readonly port: number;
  /** `host:port` of each CONNECT, as the client asked for it. */
  readonly targets: readonly string[];
  /** `name:password` of each client that was asked for them. */
  readonly logins: readonly string[];
  /** Ends the fault. */
  mend(): void;
  stop(): Promise<void>;
}

/** What goes wrong: CONNECT is answered with this code, or the connection ends after the greeting. */
export type SocksFault = { readonly reply: number } | 'HangUp';

/**
 * A SOCKS5 server on 127.0.0.1 that connects every target to 127.0.0.1. With `login` it lets in only those who give that
 * name and password. Source: https://www.rfc-editor.org/rfc/rfc1928, https://www.rfc-editor.org/rfc/rfc1929
 */
export async function startSocksServer({
  login,
  fault: initialFault,
}: {
  readonly login?: string;
  readonly fault?: SocksFault;
} = {}): Promise<SocksServer> {
  let fault = initialFault;
  const targets: string[] = [];
  const logins: string[] = [];
  const sockets = new Set<Socket>();
  const keep = (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
  };
  const serve = async (client: Socket) => {
    const [, methods = 0] = await take(client, 2);
    const offered = await take(client, methods);
    const method = login === undefined ? 0 : 2;
    if (fault === 'HangUp') return client.destroy();
    if (!offered.includes(method)) return client.end(Buffer.from([5, 0xff]));
    client.write(Buffer.from([5, method]));
    if (login !== undefined) {
      await take(client, 1);
      const given = `${await takeText(client)}:${await takeText(client)}`;
      logins.push(given);
      client.write(Buffer.from([1, given === login ? 0 : 1]));
      if (given !== login) return client.end();
    }
    const [, , , type = 0] = await take(client, 4);
    const host = await takeAddress(client, type);
    const port = (await take(client, 2)).readUInt16BE();
    targets.push(`${host}:${port}`);
    const reply = (code: number) => client.write(Buffer.from([5, code, 0, 1, 0, 0, 0, 0, 0, 0]));
    if (fault !== undefined) {
      reply(fault.reply);
      return client.end();
    }
    const target = connect(port, '127.0.0.1');
    keep(target);
    await once(target, 'connect');
    reply(0);
    return client.pipe(target).pipe(client);
  };
  const server = createServer((client) => {
    keep(client);
    serve(client).catch(() => client.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    targets,
    logins,
    mend() {
      fault = undefined;
    },
    async stop() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function takeAddress(client: Socket, type: number): Promise<string> {
  if (type === 3) return takeText(client);
  const bytes = await take(client, type === 1 ? 4 : 16);
  if (type === 1) return bytes.join('.');
  return `[${bytes.toString('hex').replace(/.{4}(?!$)/g, '$&:')}]`;
}

/** A text with its length in a byte before it. */
async function takeText(client: Socket): Promise<string> {
  const [length = 0] = await take(client, 1);
  return (await take(client, length)).toString('utf8');
}

/** Exactly `length` bytes; what comes after them stays in the socket. */
async function take(client: Socket, length: number): Promise<Buffer> {
  if (length === 0) return Buffer.alloc(0);
  for (;;) {
    const bytes: Buffer | null = client.read(length);
    if (bytes !== null) return bytes;
    if (client.readableEnded || client.destroyed) throw new Error('the client has gone');
    await Promise.race([once(client, 'readable'), once(client, 'close')]);
  }
}
