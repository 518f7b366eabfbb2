import { appendFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { LeaseJudge } from '../../chaos/run/lease-judge.ts';
import type { ProxiedRequest } from '../../support/fault-proxy/start-fault-proxy.ts';

const RENEW_DEADLINE_MS = 4_000;

let folder: string;
let path: string;
let lease: LeaseJudge;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'appaccess-lease-'));
  path = join(folder, 'audit.log');
  await writeFile(path, '');
  lease = new LeaseJudge(path, RENEW_DEADLINE_MS);
});
afterEach(async () => {
  await lease.close();
  await rm(folder, { recursive: true });
});

test('a write that rests on a renewal of the round before is none of a stranger', async () => {
  const a = replica('a');
  await appendFile(path, renewal('a', 1_000));
  a.sends('CreateRole', 1_500);
  expect(await lease.judge([a])).toMatchObject({ takeovers: 1, violations: [] });
  a.sends('TagRole', 2_000);
  expect(await lease.judge([a])).toMatchObject({ takeovers: 0, violations: [], writes: [{ what: 'TagRole' }] });
});

test('a write after another took over in a later round is told once', async () => {
  const [a, b] = [replica('a'), replica('b')];
  await appendFile(path, renewal('a', 1_000));
  await lease.judge([a, b]);
  await appendFile(path, renewal('b', 8_000) + renewal('b', 9_000));
  a.sends('DeleteRole', 9_500);
  expect(await lease.judge([a, b])).toMatchObject({
    takeovers: 1,
    violations: ['a sent DeleteRole 1500 ms after b took over'],
  });
  expect(await lease.judge([a, b])).toMatchObject({ takeovers: 0, violations: [] });
});

test('of writes long past only the last of each replica is remembered', async () => {
  const [a, b] = [replica('a'), replica('b')];
  await appendFile(path, renewal('a', 1_000) + renewal('b', 500_000));
  await lease.judge([a, b]);
  a.sends('DeleteRole', 500_500);
  const { violations } = await lease.judge([a, b]);
  expect(violations).toEqual(['a sent DeleteRole 500 ms after b took over']);
});

test('an event that a killed server left unfinished does not hide the next', async () => {
  const a = replica('a');
  await appendFile(path, `{"kind":"Event","verb":"patch","requestURI":"/api${renewal('a', 1_000)}`);
  a.sends('CreateRole', 1_500);
  expect(await lease.judge([a])).toMatchObject({ violations: [] });
});

test('a renewal that was refused and one of somebody else count for nobody', async () => {
  const a = replica('a');
  await appendFile(path, renewal('a', 1_000, 409) + renewal('node', 1_000));
  a.sends('CreateRole', 1_500);
  expect(await lease.judge([a])).toMatchObject({
    takeovers: 0,
    violations: ['a sent CreateRole and never held the lease before'],
  });
});

/** A line of the audit log. */
function renewal(username: string, atMs: number, code = 200): string {
  const event = {
    kind: 'Event',
    verb: 'update',
    user: { username },
    objectRef: { resource: 'leases' },
    responseStatus: { code },
    requestObject: { spec: { holderIdentity: `${username}_1` } },
    requestReceivedTimestamp: new Date(atMs).toISOString(),
  };
  return `${JSON.stringify(event)}\n`;
}

/** With proxies of which only the records are asked. */
function replica(name: string) {
  const requests: ProxiedRequest[] = [];
  const records = { requests: () => [...requests], forgetRequests: () => void requests.splice(0) };
  const none = { requests: () => [], forgetRequests: () => undefined };
  const sends = (action: string, atMs: number) =>
    void requests.push({ method: 'POST', path: '/', userAgent: '', status: 200, action, atMs });
  return { name, aws: records, kube: none, sends };
}
