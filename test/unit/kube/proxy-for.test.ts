import { expect, test } from 'vitest';
import { proxyFor } from '../../../src/kube/proxy-for.ts';

const PROXY = 'http://proxy.example:3128';
const viaProxy = (server: string, env: Record<string, string>) => proxyFor(server, env) !== undefined;

test("the proxy is that of the server's scheme, in capitals or not, http where it names no scheme", () => {
  expect([
    proxyFor('https://api.example', { HTTPS_PROXY: PROXY, HTTP_PROXY: 'http://other' }),
    proxyFor('http://api.example', { HTTPS_PROXY: PROXY, http_proxy: 'proxy.example:80' }),
    proxyFor('https://api.example', { https_proxy: 'socks5://proxy.example' }),
    proxyFor('https://api.example', { HTTP_PROXY: PROXY, HTTPS_PROXY: '' }),
  ]).toEqual([PROXY, 'http://proxy.example:80', 'socks5://proxy.example', undefined]);
});

test.each(['https://localhost:6443', 'https://127.0.0.53', 'https://[::1]:6443'])(
  '%s never goes through a proxy',
  (server) => {
    expect(viaProxy(server, { HTTPS_PROXY: PROXY })).toBe(false);
  },
);

test.each([
  ['*', 'https://api.example', false],
  ['example', 'https://api.example', false],
  ['.example', 'https://api.example', false],
  ['*.example', 'https://api.example', false],
  ['api.example', 'https://API.example', false],
  ['pi.example', 'https://api.example', true],
  ['.api.example', 'https://api.example', true],
  ['api.example:6443', 'https://api.example:6443', false],
  ['api.example:443', 'https://api.example', false],
  ['api.example:6443', 'https://api.example', true],
  ['10.96.0.0/12', 'https://10.96.0.1', false],
  ['10.96.0.0/12', 'https://10.112.0.1', true],
  ['10.96.0.1', 'https://10.96.0.1:443', false],
  ['10.96.0.1:443', 'https://10.96.0.1:443', false],
  ['fd00::/8', 'https://[fd00::1]:443', false],
  ['fd00::1', 'https://[fd00::1]:443', false],
  ['[fd00::1]:443', 'https://[fd00::1]:443', false],
  ['[fd00::1]:443', 'https://[fd00::1]:6443', true],
  ['FD00:0:0::0001', 'https://[fd00::1]:443', false],
  ['fd00::2', 'https://[fd00::1]:443', true],
  ['fd00::/8', 'https://10.96.0.1', true],
  ['fd00::/8', 'https://[fe00::1]', true],
  ['10.96.0.0/99', 'https://10.96.0.1', true],
  ['a.example, ,10.0.0.0/8 ', 'https://10.1.2.3', false],
  ['', 'https://api.example', true],
])('with NO_PROXY "%s" the proxy for %s is used: %s', (exceptions, server, isUsed) => {
  expect(viaProxy(server, { HTTPS_PROXY: PROXY, NO_PROXY: exceptions })).toBe(isUsed);
  expect(viaProxy(server, { HTTPS_PROXY: PROXY, no_proxy: exceptions })).toBe(isUsed);
});
