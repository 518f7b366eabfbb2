import { expect, test } from 'vitest';
import { serverHost } from '../../../src/kube/server-host.ts';

test('serverHost names the port that the address names, the one of https too, and adds none', () => {
  const hosts = ['https://10.96.0.1:443', 'https://[fd00::1]:443', 'https://api.example.com/clusters/a'].map((server) =>
    serverHost({ server }),
  );
  expect(hosts).toEqual(['10.96.0.1:443', '[fd00::1]:443', 'api.example.com']);
});
