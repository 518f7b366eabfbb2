import { expect, test } from 'vitest';
import { isTlsFailure, unreachable } from '../../../src/kube/unreachable.ts';

const failed = (code: string, message = 'failed') =>
  unreachable({ server: 'https://api.example' }, 'get pods', Object.assign(new Error(message), { code }));

test.each([
  ['ECONNREFUSED', 'check that it runs and can be reached', false],
  ['UND_ERR_CONNECT_TIMEOUT', 'check that it runs and can be reached', false],
  ['ENOTFOUND', 'its name does not resolve: check the address and DNS', false],
  ['EPROTO', 'no TLS is spoken there: check the address and port', false],
  ['ERR_SSL_WRONG_VERSION_NUMBER', 'no TLS is spoken there: check the address and port', true],
  ['CERT_HAS_EXPIRED', 'its certificate is not valid at this time: renew it, or set the clock of this machine', true],
  ['SELF_SIGNED_CERT_IN_CHAIN', 'its certificate is not from the CA that is configured', true],
  ['ERR_TLS_CERT_ALTNAME_INVALID', 'its certificate is for another name', true],
  ['ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED', 'it refuses our certificate: renew client-certificate', true],
  ['ERR_SSL_TLSV1_ALERT_UNKNOWN_CA', 'it refuses our certificate: renew client-certificate', true],
])('%s is told with "%s"', (code, remedy, isTls) => {
  const error = failed(code);
  expect(error.message).toContain(
    `no answer from the Kubernetes API at https://api.example (get pods): ${code}; ${remedy}`,
  );
  expect(isTlsFailure(error)).toBe(isTls);
});

test('what a proxy answered is told in words, as its code says nothing', () => {
  expect(failed('UND_ERR_ABORTED', 'Proxy response (403) !== 200 when HTTP Tunneling').message).toContain(
    '(get pods): Proxy response (403) !== 200 when HTTP Tunneling; check',
  );
});
