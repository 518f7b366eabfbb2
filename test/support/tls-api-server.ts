import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer as createHttpServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createSecureServer as createHttp2Server, type Http2SecureServer } from 'node:http2';
import { createServer, type Server } from 'node:https';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TLSSocket } from 'node:tls';
import {
  createAuthority,
  issueClientCertificate,
  issueServingCertificate,
  type KeyPair,
} from '../e2e/world/certificates.ts';

/** One request as the server saw it. */
export interface SeenRequest {
  readonly authorization: string | undefined;
  /** Common name of the client certificate. */
  readonly user: string | undefined;
}

export interface ServedApi {
  readonly port: number;
  readonly seen: SeenRequest[];
  /** Of each request that asks as another: the user and the groups, a header each. */
  readonly impersonated: string[][];
}

/** A folder with an authority of its own, and what is needed to try out ways to connect; `stop` takes all of it away. */
export interface TlsWorld {
  readonly folder: string;
  readonly ca: KeyPair;
  write(file: string, text: string): Promise<string>;
  clientCertificate(user: string): Promise<KeyPair>;
  /**
   * An API server that knows one object. `accepts` decides who is answered 401. With `askForCertificate` nobody gets
   * through the handshake without one of the authority.
   */
  serve(options?: {
    accepts?: (request: SeenRequest) => boolean;
    askForCertificate?: boolean;
    offersHttp2?: boolean;
  }): Promise<ServedApi>;
  /** An HTTP proxy that connects every target to 127.0.0.1; `targets` are those asked for. With `tls` it is an `https:` one. */
  proxy(options?: { tls?: boolean }): Promise<{
    readonly port: number;
    readonly targets: string[];
    readonly authorizations: (string | undefined)[];
  }>;
  stop(): Promise<void>;
}

export async function startTlsWorld(): Promise<TlsWorld> {
  const folder = await mkdtemp(join(tmpdir(), 'kube-tls-'));
  const ca = await createAuthority(folder);
  const stops: (() => Promise<unknown>)[] = [];
  const listen = async (server: Server | ReturnType<typeof createHttpServer> | Http2SecureServer) => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    stops.push(async () => {
      if ('closeAllConnections' in server) server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    });
    return (server.address() as AddressInfo).port;
  };
  return {
    folder,
    ca,
    async write(file, text) {
      const path = join(folder, file);
      await writeFile(path, text, { mode: 0o700 });
      return path;
    },
    clientCertificate: (user) => issueClientCertificate(ca, user, []),
    async serve({ accepts = () => true, askForCertificate = false, offersHttp2 = false } = {}) {
      const seen: SeenRequest[] = [];
      const impersonated: string[][] = [];
      const pair = await issueServingCertificate(ca);
      const tls = { cert: pair.cert, key: pair.key, ca: ca.cert };
      const options = { ...tls, allowHTTP1: true, requestCert: true, rejectUnauthorized: askForCertificate };
      const answer = (request: IncomingMessage, response: ServerResponse) => {
        const [user, groups] = [headerLines(request, 'impersonate-user'), headerLines(request, 'impersonate-group')];
        if (user.length > 0) impersonated.push([...user, ...groups]);
        const one = { authorization: request.headers.authorization, user: userOf(request) };
        seen.push(one);
        const isAccepted = accepts(one);
        response.writeHead(isAccepted ? 200 : 401, { 'content-type': 'application/json' });
        response.end(JSON.stringify(isAccepted ? { metadata: { name: 'one' } } : UNAUTHORIZED));
      };
      // Node's requests over HTTP/2 have what of those over HTTP/1.1 is read here
      const server = offersHttp2 ? createHttp2Server(options, answer as never) : createServer(options, answer);
      return { port: await listen(server), seen, impersonated };
    },
    async proxy({ tls = false } = {}) {
      const targets: string[] = [];
      const authorizations: (string | undefined)[] = [];
      const tunnels = new Set<Socket>();
      const server = tls ? createServer(await issueServingCertificate(ca)) : createHttpServer();
      server.on('connect', (request: IncomingMessage, client: Socket) => {
        targets.push(request.url ?? '');
        authorizations.push(request.headers['proxy-authorization']);
        const target = connect(Number(request.url?.split(':').at(-1)), '127.0.0.1', () => {
          client.write('HTTP/1.1 200 Connection established\r\n\r\n');
          target.pipe(client).pipe(target);
        });
        for (const socket of [client, target]) {
          tunnels.add(socket);
          socket.on('error', () => socket.destroy());
        }
      });
      stops.push(async () => {
        for (const socket of tunnels) socket.destroy();
      });
      return { port: await listen(server), targets, authorizations };
    },
    async stop() {
      for (const stop of stops.splice(0)) await stop();
      await rm(folder, { recursive: true });
    },
  };
}

function headerLines({ rawHeaders }: Pick<IncomingMessage, 'rawHeaders'>, name: string): string[] {
  return rawHeaders.filter((_, at) => at % 2 === 1 && rawHeaders[at - 1]?.toLowerCase() === name);
}

const UNAUTHORIZED = {
  kind: 'Status',
  apiVersion: 'v1',
  metadata: {},
  status: 'Failure',
  message: 'Unauthorized',
  reason: 'Unauthorized',
  code: 401,
};

function userOf(request: IncomingMessage): string | undefined {
  const name = (request.socket as TLSSocket).getPeerCertificate().subject?.CN;
  return Array.isArray(name) ? name[0] : name;
}
