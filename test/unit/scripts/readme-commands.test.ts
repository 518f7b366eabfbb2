import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { firstMinutes, toScript } from '../../../scripts/readme-commands.ts';

test('the first minutes of the README start, apply, look and delete', () => {
  const blocks = firstMinutes(readFileSync(new URL('../../../README.md', import.meta.url), 'utf8'));
  expect(blocks[0]).toBe('npm start\n');
  const text = blocks.join('');
  for (const command of ['kubectl apply', 'kubectl wait', 'appaccess plan', 'kubectl delete'])
    expect(text).toContain(command);
});

test('a block that shows an error must end with that error', () => {
  expect(toScript(['kubectl patch x\n'])).toContain('[ "$code" = 1 ]');
});

test('a README without that section gives no command', () => {
  expect(firstMinutes('# Nothing\n')).toEqual([]);
});
