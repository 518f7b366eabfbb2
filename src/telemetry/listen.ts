import { createServer, type RequestListener } from 'node:http';

/** Where to listen. Without `host`: on every interface. Port 0 takes any free port. */
export interface ListenAddress {
  readonly host?: string;
  readonly port: number;
}

/** A server that runs until `stop`, which cuts open connections off and resolves when the port is free again. */
export interface RunningServer {
  /** The port it listens on. */
  readonly port: number;
  stop(): Promise<void>;
}

/** Serves `listener`. Rejects with an error that names `flag` and the remedy when the address cannot be had. */
export function listen(listener: RequestListener, address: ListenAddress, flag: string): Promise<RunningServer> {
  const server = createServer(listener);
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(refused(error, address, flag)));
    server.listen({ port: address.port, ...(address.host === undefined ? {} : { host: address.host }) }, () => {
      const bound = server.address();
      resolve({
        port: typeof bound === 'object' && bound !== null ? bound.port : address.port,
        stop: () =>
          new Promise((stopped) => {
            server.close(() => stopped());
            server.closeAllConnections();
          }),
      });
    });
  });
}

function refused(error: NodeJS.ErrnoException, { host, port }: ListenAddress, flag: string): Error {
  const where = `${host ?? ''}:${port}`;
  const why = REFUSALS.get(error.code ?? '') ?? error.message;
  return new Error(`cannot listen on ${where}: ${why}; give another address with ${flag}, or 0 to switch it off`, {
    cause: error,
  });
}

const REFUSALS: ReadonlyMap<string, string> = new Map([
  ['EADDRINUSE', 'the port is in use by another program'],
  ['EACCES', 'the port needs more rights than this process has'],
  ['EADDRNOTAVAIL', 'this machine does not have that address'],
]);
