import { expect, test } from 'vitest';
import { argumentsForSmallHeap } from '../../../src/cli/heap-flags.ts';

const FLAGS = ['--max-semi-space-size=8', '--heap-growing-percent=30'];

function processOf(change: Partial<Parameters<typeof argumentsForSmallHeap>[0]> = {}) {
  return { argv: ['node', 'main.ts', 'controller', '--unguarded'], execArgv: [], env: {}, ...change };
}

test('the controller runs with a small heap, and keeps the arguments it was started with', () => {
  expect(argumentsForSmallHeap(processOf({ execArgv: ['--inspect'] }))).toEqual([
    ...FLAGS,
    '--inspect',
    'main.ts',
    'controller',
    '--unguarded',
  ]);
});

test('a process that has the settings is not started again', () => {
  expect(argumentsForSmallHeap(processOf({ execArgv: FLAGS }))).toBeUndefined();
});

test('commands that end soon run as they are', () => {
  expect(argumentsForSmallHeap(processOf({ argv: ['node', 'main.ts', 'compile'] }))).toBeUndefined();
});

test('who sets these sizes otherwise is left alone, and who sets another size is not', () => {
  const withOptions = (options: string) => argumentsForSmallHeap(processOf({ env: { NODE_OPTIONS: options } }));
  expect(withOptions('--max-semi-space-size=32')).toBeUndefined();
  expect(withOptions('--max-old-space-size=400')).toBeDefined();
});
