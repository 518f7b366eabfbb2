import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { afterEach, beforeEach, expect, test } from 'vitest';

const RUNNER = fileURLToPath(new URL('../../../src/kube/plugin-runner.ts', import.meta.url));
const V1 = 'client.authentication.k8s.io/v1';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'appaccess-plugin-'));
});
afterEach(() => rm(folder, { recursive: true }));

async function run(script: string, limitMs: number) {
  const plugin = join(folder, 'plugin');
  await writeFile(plugin, `#!/bin/sh\n${script}`, { mode: 0o700 });
  const { stdout, stderr, exitCode } = await execa(process.execPath, [RUNNER, `${limitMs}`, V1, plugin, ' '], {
    reject: false,
  });
  return { plugin, stdout, stderr, exitCode };
}

test('a credential is passed on as the plugin printed it, and what it said beside is not', async () => {
  const credential = JSON.stringify({ apiVersion: V1, kind: 'ExecCredential', status: { token: 'token', other: 1 } });
  const { stdout, stderr, exitCode } = await run(`echo a warning >&2; echo '${credential}' "$1"`, 60_000);
  expect({ stdout: stdout.trim(), stderr, exitCode }).toEqual({ stdout: credential, stderr: '', exitCode: 0 });
});

test('a plugin that hangs is ended when its time is over, and told with the last that it said', async () => {
  const pidFile = join(folder, 'pid');
  const { plugin, stdout, stderr, exitCode } = await run(
    `echo open this page to log in >&2; echo half an answer; echo $$ > '${pidFile}'; exec sleep 1000`,
    2_000,
  );
  expect({ stdout, stderr, exitCode }).toEqual({
    stdout: '',
    stderr: `${plugin} did not end within 2 s: open this page to log in`,
    exitCode: 1,
  });
  const pid = Number(await readFile(pidFile, 'utf8'));
  expect(() => process.kill(pid, 0)).toThrow('ESRCH');
});
