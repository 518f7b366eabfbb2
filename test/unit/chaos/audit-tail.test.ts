import { appendFile, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { AuditTail } from '../../chaos/run/audit-tail.ts';

let folder: string;
let path: string;
let tail: AuditTail;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'appaccess-audit-'));
  path = join(folder, 'audit.log');
  await writeFile(path, 'one\n');
  tail = new AuditTail(path);
});
afterEach(async () => {
  await tail.close();
  await rm(folder, { recursive: true });
});

/** As the API server does it: a new name for what is there, and a new file. */
async function putAside(second: number, next: string): Promise<void> {
  await rename(path, join(folder, `audit-2026-01-02T03-04-0${second}.000.log`));
  await writeFile(path, next);
}

test('AuditTail hands out each line once, as the log grows', async () => {
  expect(await tail.readNew()).toEqual(['one']);
  expect(await tail.readNew()).toEqual([]);
  await appendFile(path, 'two\nthree\n');
  expect(await tail.readNew()).toEqual(['two', 'three']);
});

test('AuditTail keeps a line that has only begun, in the middle of a character too, until it ends', async () => {
  const [before, after] = [Buffer.from('zwö\n').subarray(0, 3), Buffer.from('zwö\n').subarray(3)];
  await appendFile(path, before);
  expect(await tail.readNew()).toEqual(['one']);
  await appendFile(path, after);
  expect(await tail.readNew()).toEqual(['zwö']);
});

test('AuditTail goes on with the end of a log that was put aside, and with all that came after it', async () => {
  await tail.readNew();
  await appendFile(path, 'two\n');
  await putAside(1, 'three\n');
  await putAside(2, 'four\n');
  expect(await tail.readNew()).toEqual(['two', 'three', 'four']);
  await putAside(3, 'five\n');
  expect(await tail.readNew()).toEqual(['five']);
});

test('AuditTail begins with what was put aside before it was asked', async () => {
  await putAside(1, 'two\n');
  expect(await tail.readNew()).toEqual(['one', 'two']);
});

test('AuditTail rejects when a log is gone before it was read', async () => {
  await tail.readNew();
  await putAside(1, 'two\n');
  await rm(join(folder, 'audit-2026-01-02T03-04-01.000.log'));
  await expect(tail.readNew()).rejects.toThrow(`${path} was put aside and removed before it was read`);
});
