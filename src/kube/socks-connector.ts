import { isIP } from 'node:net';
import { buildConnector } from 'undici';

/** A proxy that could not be passed through. The message names it, without its password. */
export class ProxyError extends Error {
  override readonly name = 'ProxyError';
}

const CONNECT_LIMIT_MS = 10_000;

/**
 * Opens connections through the SOCKS5 proxy at `proxy`, which resolves the name of the server; TLS by the settings of
 * `connect` runs inside. `socks5h` says the same, as in kubectl. undici's own way is an experiment that cannot reach IPv6
 * addresses and does not send a name without a password.
 */
export function socksConnector(proxy: string, connect: buildConnector.BuildOptions): buildConnector.connector {
  const url = new URL(proxy);
  const withTls = buildConnector(connect);
  const address = { host: url.hostname.replace(/^\[|\]$/g, ''), port: Number(url.port || 1080) };
  const [userId, password] = [url.username, url.password].map(decodeURIComponent);
  const login = userId || password ? { userId: userId ?? '', password: password ?? '' } : {};
  const open = async (host: string, port: number) => {
    const { SocksClient } = await import('socks');
    const made = SocksClient.createConnection({
      proxy: { ...address, ...login, type: 5 },
      command: 'connect',
      destination: { host, port },
      timeout: CONNECT_LIMIT_MS,
    });
    // The library's error holds the password: only its message goes on.
    const { socket } = await made.catch((error: unknown) => {
      throw new ProxyError(`SOCKS proxy ${url.host}: ${error instanceof Error ? error.message : String(error)}`);
    });
    return socket;
  };
  return (options, callback) => {
    const { hostname, protocol } = options;
    const host = isIP(hostname) ? hostname : hostname.replace(/^\[|\]$/g, '');
    open(host, Number(options.port || (protocol === 'https:' ? 443 : 80))).then(
      (socket) =>
        protocol === 'https:' ? withTls({ ...options, httpSocket: socket }, callback) : callback(null, socket),
      (error: Error) => callback(error, null),
    );
  };
}
