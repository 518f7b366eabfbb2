/**
 * Does what the README's first minutes say, word by word, on this checkout: every command of that section, in its order,
 * in one shell, with the kubectl and the aws CLI that the end-to-end tests install. Exits with 1 at the first surprise.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureControlPlane } from './build-control-plane.ts';
import { ensureMoto } from './install-moto.ts';
import { readPage, sectionOf } from './page-blocks.ts';
import { firstProblem, outcomeText, runBlocks } from './run-blocks.ts';

const ROOT = fileURLToPath(new URL('../', import.meta.url));
const START_LIMIT_MS = 60_000;
const WALK_LIMIT_MS = 180_000;

const report = (line: string) => console.log(`[walk] ${line}`);
const { kubectl } = await ensureControlPlane(report);
const { aws } = await ensureMoto(report);
const section = sectionOf(await readFile(join(ROOT, 'README.md'), 'utf8'), 'First minutes');
const [start, ...blocks] = readPage(section).run;
if (start?.script.trim() !== 'npm start' || blocks.length === 0) {
  throw new Error('the README no longer begins with npm start');
}

const world = spawn('npm', ['start'], { cwd: ROOT, stdio: ['ignore', 'pipe', 'inherit'], detached: true });
try {
  await untilPrinted(world.stdout, 'Stop with Ctrl-C');
  const outcomes = await runBlocks(blocks, {
    cwd: ROOT,
    timeoutMs: WALK_LIMIT_MS,
    env: {
      ...process.env,
      PATH: [dirname(kubectl), dirname(aws), process.env.PATH].join(':'),
      KUBECACHEDIR: await mkdtemp(join(tmpdir(), 'appaccess-walk-')),
      AWS_PAGER: '',
    },
  });
  for (const outcome of outcomes) console.log(outcomeText(outcome));
  const problem = firstProblem(blocks, outcomes);
  if (problem !== undefined) throw new Error(`the README's commands went wrong:\n${problem}`);
} finally {
  if (world.pid !== undefined) process.kill(-world.pid, 'SIGTERM');
}
// npm itself dies of the signal that the world under it ends in order by; that it does is asserted in test/e2e.
const [code, signal] = await once(world, 'exit');
report(`npm start ended with ${code ?? signal}`);
if (code !== 0 && signal !== 'SIGTERM') process.exitCode = 1;

async function untilPrinted(output: NodeJS.ReadableStream, text: string): Promise<void> {
  const deadline = AbortSignal.timeout(START_LIMIT_MS);
  let printed = '';
  output.on('data', (chunk) => {
    printed += chunk;
    process.stdout.write(chunk);
  });
  while (!printed.includes(text)) await once(output, 'data', { signal: deadline });
}
