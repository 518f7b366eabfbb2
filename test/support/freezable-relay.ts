import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

export interface FreezableRelay {
  readonly port: number;
  /** From now on the connections that are open carry nothing any more, and neither side is told; new ones work. */
  freeze(): void;
  stop(): Promise<void>;
}

/** What lies between a client and a server at `port`, and can swallow packets without a sign. */
export async function startFreezableRelay(port: number): Promise<FreezableRelay> {
  const sockets = new Set<Socket>();
  let frozen: ReadonlySet<Socket> = new Set();
  const server = createServer((client) => {
    const target = connect(port, '127.0.0.1');
    for (const [from, to] of [
      [client, target],
      [target, client],
    ] as const) {
      sockets.add(from);
      from.on('data', (chunk) => {
        if (!frozen.has(from)) to.write(chunk);
      });
      from.on('error', () => from.destroy());
      from.on('close', () => {
        if (!frozen.has(from)) to.destroy();
      });
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    freeze() {
      frozen = new Set(sockets);
    },
    async stop() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
