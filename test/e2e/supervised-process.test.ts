import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startSupervised } from './world/supervised-process.ts';
import { until } from './world/until.ts';

const MODULE = fileURLToPath(new URL('./world/supervised-process.ts', import.meta.url));

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'appaccess-supervised-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test('a supervised program and its children are dead once stop has resolved', async () => {
  const logPath = join(folder, 'stopped.log');
  const program = await startSupervised('sh', ['-c', 'sleep 600 & wait'], { logPath });
  expect(program.hasExited()).toBe(false);
  await program.stop();
  expect(program.hasExited()).toBe(true);
  await untilGroupIsGone(program.pid);
});

test('a supervised program and its children die when the process that started them is killed by SIGKILL', async () => {
  const starter = `
    import { startSupervised } from ${JSON.stringify(MODULE)};
    const logPath = ${JSON.stringify(join(folder, 'orphaned.log'))};
    console.log((await startSupervised('sh', ['-c', 'sleep 600 & wait'], { logPath })).pid);
    setInterval(() => {}, 1000);`;
  const parent = spawn(process.execPath, ['--input-type=module', '--eval', starter], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [printed] = await once(parent.stdout, 'data');
  const group = Number(String(printed));
  expect(isGroupAlive(group)).toBe(true);
  parent.kill('SIGKILL');
  await untilGroupIsGone(group);
});

test('a program that ends by itself is reported with its exit code and what it wrote', async () => {
  const program = await startSupervised('sh', ['-c', 'echo out of luck >&2; exit 3'], {
    logPath: join(folder, 'ended.log'),
  });
  await until('it has exited', async () => program.hasExited() || undefined, { timeoutMs: 10_000 });
  expect(await program.describe()).toBe('sh exited with 3; its output ends with:\nout of luck\n');
  await untilGroupIsGone(program.pid);
});

async function untilGroupIsGone(group: number): Promise<void> {
  await until('the process group is gone', async () => (isGroupAlive(group) ? undefined : true), { timeoutMs: 10_000 });
}

function isGroupAlive(group: number): boolean {
  try {
    return process.kill(-group, 0);
  } catch {
    return false; // ESRCH: the group has no member left
  }
}
