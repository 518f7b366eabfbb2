import type { SecureContextOptions } from 'node:tls';
import { Agent, type Dispatcher, ProxyAgent } from 'undici';
import { socksConnector } from './socks-connector.ts';

/** What TLS needs for one server. */
export interface TlsSettings extends Pick<SecureContextOptions, 'ca' | 'cert' | 'key'> {
  /** The name that the server's certificate must bear; absent: that of the address. */
  readonly servername?: string;
  /** False: takes any certificate. */
  readonly rejectUnauthorized?: boolean;
}

/** The kernel asks a silent connection after so long whether the other side is still there. */
const KEEP_ALIVE = { keepAlive: true, keepAliveInitialDelay: 30_000 };

/**
 * Keeps connections to one server open, directly or through `proxy` (`http:`, `https:`, `socks5:` or `socks5h:`, which may
 * carry name and password). TLS runs through the proxy to the server, which the proxy cannot look into. `http1`: HTTP/2 is
 * not offered, in which undici joins several headers of one name.
 */
export function createDispatcher(tls: TlsSettings, proxy: string | undefined, { http1 = false } = {}): Dispatcher {
  const connect = { ...tls, ...KEEP_ALIVE, ...(http1 ? { allowH2: false } : {}) };
  if (proxy === undefined) return new Agent({ connect });
  if (/^socks5h?:/i.test(proxy)) return new Agent({ connect: socksConnector(proxy, connect) });
  return new ProxyAgent({ uri: proxy, requestTls: connect, proxyTls: KEEP_ALIVE });
}
