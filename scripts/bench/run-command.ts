import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { MAIN, SETTINGS } from './controller-process.ts';
import type { CommandScenario } from './scenario.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** Milliseconds that one run takes: `Compile` until its process ends, `Start` until the first role exists. */
export async function runCommand({ kind }: CommandScenario): Promise<number> {
  return kind === 'Compile' ? compileOneFile() : startUntilFirstRole();
}

async function compileOneFile(): Promise<number> {
  const startedMs = performance.now();
  const args = ['compile', '-f', join(ROOT, 'examples/lambda-s3-dynamodb.yaml'), ...SETTINGS];
  const [code] = await once(spawn(process.execPath, [MAIN, ...args], { stdio: 'ignore' }), 'exit');
  if (code !== 0) throw new Error(`appaccess compile ended with ${code}`);
  return performance.now() - startedMs;
}

async function startUntilFirstRole(): Promise<number> {
  const directory = await mkdtemp(join(tmpdir(), 'appaccess-bench-'));
  const ports = ['--kube-port', '0', '--aws-port', '0', '--metrics-address', '0', '--health-address', '0'];
  const args = ['start', '--silent', '--', ...ports, '--directory', directory, '--apply', join(ROOT, 'examples')];
  const startedMs = performance.now();
  const world = spawn('npm', args, { cwd: ROOT, stdio: ['ignore', 'ignore', 'pipe'], detached: true });
  const exited = once(world, 'exit');
  let log = '';
  let endedMs: number | undefined;
  for await (const chunk of world.stderr) {
    log += chunk;
    if (endedMs !== undefined || !log.includes('spec applied')) continue;
    endedMs = performance.now();
    if (world.pid !== undefined) process.kill(-world.pid, 'SIGTERM'); // the group: npm and what it started
  }
  await exited;
  await rm(directory, { recursive: true });
  if (endedMs === undefined) throw new Error(`npm start ended without a role:\n${log}`);
  return endedMs - startedMs;
}
