import { tmpdir } from 'node:os';
import { expect, test } from 'vitest';
import type { RunBlock } from '../../../scripts/page-blocks.ts';
import { firstProblem, runBlocks } from '../../../scripts/run-blocks.ts';

const block = (script: string, more: Partial<RunBlock> = {}): RunBlock => ({
  line: 1,
  script,
  exitCode: 0,
  onCluster: false,
  ...more,
});
const run = (blocks: readonly RunBlock[], timeoutMs = 8_000) =>
  runBlocks(blocks, {
    cwd: tmpdir(),
    env: { ...process.env, KUBECONFIG: 'embedded', CLUSTER_KUBECONFIG: 'real' },
    timeoutMs,
  });

/** Output and problem of each block that was begun. */
async function outcomes(...blocks: RunBlock[]) {
  return (await run(blocks)).map(({ output, problem }) => [output, problem]);
}

test('what one block sets, the next ones see, and both streams are kept', async () => {
  expect(await outcomes(block('word=hello\n'), block('echo $word; echo to you >&2\n'))).toEqual([
    ['', undefined],
    ['hello\nto you\n', undefined],
  ]);
});

test('the first command that fails ends the run', async () => {
  expect(await outcomes(block('echo a\n(exit 3)\necho b\n'), block('echo c\n'))).toEqual([['a\n', 'ended with 3']]);
});

test('a block that must fail fails at its first failing command, and the run goes on', async () => {
  const blocks = [block('echo a\n(exit 2)\necho b\n', { exitCode: 2 }), block('echo c\n')];
  expect(await outcomes(...blocks)).toEqual([
    ['a\n', undefined],
    ['c\n', undefined],
  ]);
});

test.each([
  ['true\n', 'ended with 0 where the page says 2'],
  ['(exit 1)\n', 'ended with 1 where the page says 2'],
])('a block that must end with 2 and does not ends the run', async (script, problem) => {
  expect(await outcomes(block(script, { exitCode: 2 }), block('echo c\n'))).toEqual([['', problem]]);
});

test('a block for a real API server has its kubeconfig, and the next ones do not', async () => {
  const tell = 'echo $KUBECONFIG\n';
  const blocks = [block(tell), block(tell, { onCluster: true }), block(tell)];
  expect((await outcomes(...blocks)).map(([output]) => output)).toEqual(['embedded\n', 'real\n', 'embedded\n']);
});

test('a block that ends the shell itself is a problem', async () => {
  expect(await outcomes(block('exit 0\n'), block('echo c\n'))).toEqual([['', 'ended with 0']]);
});

test('a block that prints something else than its page shows is a problem, and the run goes on', async () => {
  const [first, second] = await run([block('echo a\n', { output: 'b\n' }), block('echo c\n', { output: 'c\n' })]);
  expect(first?.problem).toBe('did not print what the page shows:\nb\n');
  expect(second?.problem).toBeUndefined();
});

test('what runs too long is cut off', async () => {
  expect((await run([block('tail -f /dev/null\n')], 100)).map(({ problem }) => problem)).toEqual([
    'was cut off after 100 ms',
  ]);
});

test('the first problem tells line, commands and output; without one there is none', async () => {
  const blocks = [block('echo a\n'), block('echo b; false\n', { line: 7 })];
  expect(firstProblem(blocks, await run(blocks))).toBe('+ echo b; false\nb\nline 7: ended with 1\n');
  expect(firstProblem([], await run([]))).toBeUndefined();
  expect(firstProblem(blocks, [])).toBe('0 of 2 blocks were run');
});
