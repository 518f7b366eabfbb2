import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface LoopbackListener {
  readonly port: number;
  /** Cuts all connections and refuses new ones; resolves when the port is free. May be called twice. */
  hangUp(): Promise<void>;
  /** Listens on the same port again; may be called when it does. */
  pickUp(): Promise<void>;
}

/** Makes `server` listen on 127.0.0.1; port 0 takes a free one. Rejects with the error of `listen` (`EADDRINUSE`). */
export async function listenOnLoopback(server: Server, wantedPort: number): Promise<LoopbackListener> {
  const listen = (port: number) =>
    new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, '127.0.0.1', () => {
        server.removeListener('error', reject);
        resolve();
      });
    });
  await listen(wantedPort);
  const { port } = server.address() as AddressInfo; // it listens on a port, not on a path
  return {
    port,
    hangUp() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      return closed;
    },
    pickUp: async () => {
      if (!server.listening) await listen(port);
    },
  };
}
