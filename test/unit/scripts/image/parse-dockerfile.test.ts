import { expect, test } from 'vitest';
import { parseDockerfile } from '../../../../scripts/image/parse-dockerfile.ts';

test('stages carry their instructions, continued lines joined, comments left out and arguments filled in', () => {
  const text = [
    'ARG BASE=example.com/node:1.2.3',
    'FROM ${BASE} AS build',
    '# why',
    'RUN one && \\',
    '# in between',
    '    two',
    'FROM example.com/runtime:4',
    'COPY --from=build /app ./',
  ].join('\n');
  expect(parseDockerfile(text)).toEqual([
    {
      base: 'example.com/node:1.2.3',
      name: 'build',
      instructions: [{ name: 'RUN', flags: [], value: 'one && two' }],
    },
    {
      base: 'example.com/runtime:4',
      instructions: [{ name: 'COPY', flags: ['--from=build'], value: '/app ./' }],
    },
  ]);
});

test.each([
  ['an instruction before FROM', 'RUN true'],
  ['an argument inside a stage', 'FROM a:1\nARG X=1'],
  ['an argument without a default', 'ARG X\nFROM a:1'],
  ['an argument that nobody set', 'FROM ${X}'],
  ['a heredoc', 'FROM a:1\nRUN <<END'],
])('%s is refused, lest it be passed over', (_, text) => {
  expect(() => parseDockerfile(text)).toThrow();
});
