import { expect, test } from 'vitest';
import {
  clusterUids,
  durationSeconds,
  issuerUrl,
  listenAddress,
  numberOrNone,
} from '../../../src/config/parse-value.ts';

test.each([
  [':8080', { port: 8080 }],
  ['127.0.0.1:0', { host: '127.0.0.1', port: 0 }],
  ['localhost:81', { host: 'localhost', port: 81 }],
  ['[::1]:82', { host: '::1', port: 82 }],
  ['0', undefined],
])('the address %s is understood', (text, value) => {
  expect(listenAddress(text)).toEqual({ value });
});

test.each(['', '8080', ':', ':70000', 'a b:1', '::1:80', 'http://x:1'])('the address "%s" is refused', (text) => {
  expect(listenAddress(text)).toHaveProperty('problem');
});

test('a duration is the sum of its parts in seconds, within bounds', () => {
  const parse = durationSeconds(10, 7200);
  expect(parse('1h30m10s')).toEqual({ value: 5410 });
  expect(parse('9s')).toEqual({ problem: '"9s" is not between 10s and 2h' });
  expect(parse('10')).toHaveProperty('problem');
  expect(parse('1.5h')).toHaveProperty('problem');
});

test('a number of 0 stands for no limit, and one beyond the most is refused', () => {
  const parse = numberOrNone(1000);
  expect([parse('0'), parse('1'), parse('1000')]).toEqual([{ value: undefined }, { value: 1 }, { value: 1000 }]);
  expect(parse('1001')).toHaveProperty('problem');
  expect(parse('-1')).toHaveProperty('problem');
});

test.each(['http://a', 'https://', 'https://a?b', 'https://a#b', 'https://u:p@a', 'oidc.eks', 'https://a b'])(
  'the issuer "%s" is refused',
  (text) => {
    expect(issuerUrl(text)).toHaveProperty('problem');
  },
);

test('uids of clusters are told apart by commas, each once', () => {
  const [a, b] = ['0b0c3b1e-0000-4000-8000-00000000000a', '0b0c3b1e-0000-4000-8000-00000000000b'];
  expect(clusterUids(`${a}, ${b.toUpperCase()},${a}`)).toEqual({ value: [a, b] });
});

test.each(['', 'prod', '0b0c3b1e-0000-4000-8000-00000000000a,', '0b0c3b1e-0000-4000-8000-00000000000a,*'])(
  'the uids "%s" are refused with where to find them',
  (text) => {
    expect(clusterUids(text)).toEqual({ problem: expect.stringContaining('kubectl get namespace kube-system') });
  },
);
