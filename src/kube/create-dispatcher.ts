import { getCACertificates, type SecureContextOptions } from 'node:tls';
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

/** A connection that is idle for so long is closed; kube-apiserver does so after 90 s, and what lies between after 60. */
const IDLE_MS = 30_000;

/**
 * HTTP/1.1: a request that got no answer then takes its connection with it, and a watch never shares one. Over HTTP/2 all
 * requests share one, and one that leads nowhere would be used until the kernel gives it up, a quarter of an hour later:
 * undici looks after it only when a time limit of its own runs out, not when a request is aborted. It also joins several
 * headers of one name there. So many requests and watches may be under way at once, what comes on top waits for its turn:
 * a crowd must not become as many connections.
 */
const PROTOCOL = { allowH2: false, connections: 100, keepAliveTimeout: IDLE_MS };

/**
 * Keeps connections to one server open, directly or through `proxy` (`http:`, `https:`, `socks5:` or `socks5h:`, which may
 * carry name and password). TLS runs through the proxy to the server, which the proxy cannot look into. An `https:` proxy is
 * trusted by the server's authority, as kubectl does, and by those that Node knows.
 */
export function createDispatcher(tls: TlsSettings, proxy: string | undefined): Dispatcher {
  const connect = { allowH2: PROTOCOL.allowH2, ...tls, ...KEEP_ALIVE };
  if (proxy === undefined) return new Agent({ ...PROTOCOL, connect });
  if (/^socks5h?:/i.test(proxy)) return new Agent({ ...PROTOCOL, connect: socksConnector(proxy, connect) });
  const ca = [...getCACertificates('default'), ...[tls.ca ?? []].flat()];
  return new ProxyAgent({ ...PROTOCOL, uri: proxy, requestTls: connect, proxyTls: { ...KEEP_ALIVE, ca } });
}
