import { expect, test } from 'vitest';
import { toServiceFault } from '../../../src/aws/service-fault.ts';

const answer = (name: string, httpStatusCode: number, message = name) =>
  Object.assign(new Error(message), { name, $fault: 'client', $metadata: { httpStatusCode } });

test.each([
  ['ExpiredToken', 'they have expired'],
  ['InvalidClientTokenId', 'not in this partition'],
  ['UnrecognizedClientException', 'has not enabled this region'],
  ['RequestExpired', 'the clock of the controller is wrong'],
])('%s is told as what ails the credentials, in words without the time that AWS names', (code, words) => {
  const fault = toServiceFault(answer(code, 403, 'Signature expired: 20261125T104642Z is now earlier'), 'iam', true);
  expect(fault).toMatchObject({ reason: 'NoCredentials', message: expect.stringContaining(words) });
  expect(fault?.message).not.toContain('20261125');
});

test('a name that has no address is told with the name, a refused connection without the address', () => {
  const lost = Object.assign(new Error('getaddrinfo'), { code: 'ENOTFOUND', hostname: 'eks.nowhere.amazonaws.com' });
  expect(toServiceFault(lost, 'eks', false)?.message).toContain('(ENOTFOUND eks.nowhere.amazonaws.com)');
  const refused = Object.assign(new Error('connect ECONNREFUSED 10.1.2.3:443'), { code: 'ECONNREFUSED' });
  expect(toServiceFault(refused, 'iam', false)?.message).not.toContain('10.1.2.3');
});

test('what the service answered, be it a refusal, is no fault of the service; 5xx with a code it never named is', () => {
  expect(toServiceFault(answer('AccessDenied', 403), 'iam', true)).toBeUndefined();
  expect(toServiceFault(answer('NoSuchEntity', 404), 'iam', true)).toBeUndefined();
  expect(toServiceFault(new TypeError('x is not a function'), 'iam', false)).toBeUndefined();
  expect(toServiceFault(answer('InternalFailure', 500), 'iam', true)?.reason).toBe('AwsUnavailable');
});
