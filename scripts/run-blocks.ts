import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { matchesOutput } from './match-output.ts';
import type { RunBlock } from './page-blocks.ts';

/** What became of one block. */
export interface Outcome {
  readonly block: RunBlock;
  /** Both streams, as they came. */
  readonly output: string;
  /** What differs from the page, in words; `undefined` when nothing does. */
  readonly problem: string | undefined;
}

/**
 * Runs `blocks` in one POSIX shell, in their order, up to the first that ends as it should not: what one sets, the next
 * ones see, except that a block which must fail or is for a real API server, the one that `CLUSTER_KUBECONFIG` in `env` names,
 * has a shell of its own. The last outcome is that of the block which ended the run. All that still runs after `timeoutMs`
 * is killed.
 */
export async function runBlocks(
  blocks: readonly RunBlock[],
  { cwd, env, timeoutMs }: { readonly cwd: string; readonly env: NodeJS.ProcessEnv; readonly timeoutMs: number },
): Promise<readonly Outcome[]> {
  const folder = await mkdtemp(join(tmpdir(), 'appaccess-blocks-'));
  try {
    await Promise.all(blocks.map(({ script }, index) => writeFile(join(folder, `${index}.sh`), script)));
    await writeFile(join(folder, 'all.sh'), toScript(blocks));
    const shell = spawn('sh', [join(folder, 'all.sh')], {
      cwd,
      env: { ...env, BLOCKS: folder },
      stdio: 'ignore',
      detached: true, // a process group of its own, to end all of it
    });
    const timer = setTimeout(() => process.kill(-(shell.pid ?? 0), 'SIGKILL'), timeoutMs);
    const [code, signal] = await once(shell, 'exit');
    clearTimeout(timer);
    const ending = signal === null ? `ended with ${code}` : `was cut off after ${timeoutMs} ms`;
    return await readOutcomes(blocks, folder, ending);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Each block is read into the one shell, its output and exit code into files. */
function toScript(blocks: readonly RunBlock[]): string {
  const steps = blocks.map(({ exitCode, onCluster }, index) => {
    const at = `"$BLOCKS/${index}`;
    if (exitCode === 0 && !onCluster) return `{ . ${at}.sh"; } >${at}.out" 2>&1\necho 0 >${at}.code"`;
    const world = onCluster ? 'export KUBECONFIG="$CLUSTER_KUBECONFIG"; ' : '';
    const inOwnShell = `set +e\n( set -e; ${world}. ${at}.sh" ) >${at}.out" 2>&1\ncode=$?\nset -e`;
    return `${inOwnShell}\necho $code >${at}.code"\n[ $code = ${exitCode} ]`;
  });
  return ['set -e', ...steps, ''].join('\n');
}

async function readOutcomes(blocks: readonly RunBlock[], folder: string, ending: string): Promise<readonly Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const [index, block] of blocks.entries()) {
    const output = await readFile(join(folder, `${index}.out`), 'utf8').catch(() => undefined);
    if (output === undefined) break; // never begun
    const code = await readFile(join(folder, `${index}.code`), 'utf8').catch(() => undefined);
    outcomes.push({ block, output, problem: problemOf(block, output, code?.trim(), ending) });
  }
  return outcomes;
}

function problemOf(block: RunBlock, output: string, code: string | undefined, ending: string): string | undefined {
  if (code === undefined) return ending;
  if (code !== String(block.exitCode)) return `ended with ${code} where the page says ${block.exitCode}`;
  if (block.output === undefined || matchesOutput(block.output, output)) return undefined;
  return `did not print what the page shows:\n${block.output}`;
}

/** What went wrong first in a run of `blocks`; `undefined` when each was run and did what its page says. */
export function firstProblem(blocks: readonly RunBlock[], outcomes: readonly Outcome[]): string | undefined {
  const wrong = outcomes.find(({ problem }) => problem !== undefined);
  if (wrong !== undefined) return outcomeText(wrong);
  return outcomes.length === blocks.length ? undefined : `${outcomes.length} of ${blocks.length} blocks were run`;
}

/** `outcome` for people: the line in the page, the commands, what they printed and what is wrong with it. */
export function outcomeText({ block, output, problem }: Outcome): string {
  const commands = block.script.trimEnd().replace(/^/gm, '+ ');
  const verdict = problem === undefined ? '' : `line ${block.line}: ${problem}\n`;
  return `${commands}\n${output}${verdict}`;
}
