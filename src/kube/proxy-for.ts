import { BlockList, isIP } from 'node:net';

const SCHEMES = new Set(['http:', 'https:', 'socks5:', 'socks5h:']);

/**
 * The proxy that the environment names for requests to `server`, or `undefined` for a direct connection: HTTPS_PROXY (for
 * an `http:` server HTTP_PROXY) unless NO_PROXY names the host, in capitals or not, by the rules that kubectl and all of
 * client-go follow. Loopback addresses never go through a proxy. A proxy without a scheme is an `http:` one.
 * Source: https://pkg.go.dev/golang.org/x/net/http/httpproxy
 * @throws Error when that proxy cannot be used; see {@link checkProxy}
 */
export function proxyFor(server: string, env: Readonly<Record<string, string | undefined>>): string | undefined {
  const { protocol, hostname, port } = new URL(server);
  const setting = protocol === 'https:' ? 'HTTPS_PROXY' : 'HTTP_PROXY';
  const proxy = env[setting] || env[setting.toLowerCase()];
  if (!proxy) return undefined;
  const host = hostname.replace(/^\[|\]$/g, '').toLowerCase();
  if (isLoopback(host)) return undefined;
  const exceptions = (env.NO_PROXY || env.no_proxy || '').split(',').map((entry) => entry.trim().toLowerCase());
  const portOrDefault = port || (protocol === 'https:' ? '443' : '80');
  if (exceptions.some((entry) => matches(entry, host, portOrDefault))) return undefined;
  const url = /^[a-z0-9+.-]+:\/\//i.test(proxy) ? proxy : `http://${proxy}`;
  checkProxy(url, setting);
  return url;
}

/** @throws Error when `proxy` is no address of a proxy that can be used. It names `setting`, and no password. */
export function checkProxy(proxy: string, setting: string): void {
  const url = URL.canParse(proxy) ? new URL(proxy) : undefined;
  if (url !== undefined && url.hostname !== '' && SCHEMES.has(url.protocol)) return;
  const problem =
    url === undefined ? 'is no address' : `has the scheme ${url.protocol.slice(0, -1)}, which is not served`;
  throw new Error(`${setting} ${problem}; give http://, https:// or socks5:// and the host and port of the proxy`);
}

/** `proxy` without name and password. */
export function nameOfProxy(proxy: string): string {
  const { protocol, host } = new URL(proxy);
  return `${protocol}//${host}`;
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
}

/** Whether an entry of NO_PROXY (`*`, address, network, or domain that may begin with a dot; then a port) is about `host`. */
function matches(entry: string, host: string, port: string): boolean {
  if (entry === '') return false;
  if (entry === '*') return true;
  if (entry.includes('/')) return isInNetwork(entry, host);
  const [, name = entry, onlyPort] = /^(.*[^:]|\[.*\]):(\d+)$/.exec(isIP(entry) === 6 ? '' : entry) ?? [];
  if (onlyPort !== undefined && onlyPort !== port) return false;
  const bare = name.replace(/^\[|\]$/g, '').replace(/^\*(?=\.)/, '');
  if (isIP(bare) === 6) return new URL(`http://[${bare}]`).hostname === `[${host}]`; // one address has many spellings
  if (isIP(bare) === 4) return bare === host;
  return bare.startsWith('.') ? host.endsWith(bare) : host === bare || host.endsWith(`.${bare}`);
}

function isInNetwork(entry: string, host: string): boolean {
  const [network = '', prefix = ''] = entry.split('/');
  const family = isIP(network);
  if (family === 0 || family !== isIP(host) || !/^\d+$/.test(prefix)) return false;
  if (Number(prefix) > (family === 4 ? 32 : 128)) return false;
  const list = new BlockList();
  list.addSubnet(network, Number(prefix), family === 4 ? 'ipv4' : 'ipv6');
  return list.check(host, family === 4 ? 'ipv4' : 'ipv6');
}
