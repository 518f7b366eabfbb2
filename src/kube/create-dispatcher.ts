import type { SecureContextOptions } from 'node:tls';
import { Agent, type Dispatcher, ProxyAgent } from 'undici';

/** What TLS needs for one server. */
export interface TlsSettings extends Pick<SecureContextOptions, 'ca' | 'cert' | 'key' | 'passphrase'> {
  /** The name that the server's certificate must bear; absent: that of the address. */
  readonly servername?: string;
  /** False: takes any certificate. */
  readonly rejectUnauthorized?: boolean;
}

/** The kernel asks a silent connection after so long whether the other side is still there. */
const KEEP_ALIVE = { keepAlive: true, keepAliveInitialDelay: 30_000 };

/**
 * Keeps connections to one server open, directly or through `proxy` (`http:`, `https:` or `socks5:`, which may carry
 * name and password). TLS runs through the proxy to the server, which the proxy cannot look into.
 */
export function createDispatcher(tls: TlsSettings, proxy: string | undefined): Dispatcher {
  if (proxy === undefined) return new Agent({ connect: { ...tls, ...KEEP_ALIVE } });
  return new ProxyAgent({ uri: proxy, requestTls: { ...tls, ...KEEP_ALIVE }, proxyTls: KEEP_ALIVE });
}
