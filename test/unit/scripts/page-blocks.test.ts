import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { readPage, sectionOf } from '../../../scripts/page-blocks.ts';

/** A fence of three backticks, which would end one here. */
const block = (info: string, text: string) => `\`\`\`${info}\n${text}\n\`\`\`\n`;

test('the first minutes of the README start, apply, look and delete', () => {
  const readme = readFileSync(new URL('../../../README.md', import.meta.url), 'utf8');
  const { run, problems } = readPage(sectionOf(readme, 'First minutes'));
  expect(problems).toEqual([]);
  expect(run[0]?.script).toBe('npm start\n');
  const text = run.map(({ script }) => script).join('');
  for (const command of ['kubectl apply', 'kubectl wait', 'appaccess plan', 'kubectl delete'])
    expect(text).toContain(command);
});

test('a section ends where the next begins, and one that is not there is empty', () => {
  expect(sectionOf('# T\n## First\na\n## Second\nb\n', 'First')).toBe('First\na\n');
  expect(sectionOf('# Nothing\n', 'First')).toBe('');
});

test('a shell block is run and must end with 0 unless it names another exit code', () => {
  const page = `Text\n\n${block('sh', 'a\nb')}\n${block('sh exit=2', 'c')}`;
  expect(readPage(page)).toEqual({
    run: [
      { line: 3, script: 'a\nb\n', exitCode: 0, onCluster: false },
      { line: 8, script: 'c\n', exitCode: 2, onCluster: false },
    ],
    excused: [],
    problems: [],
  });
});

test.each([
  ['sh on=cluster', 0],
  ['sh on=cluster exit=1', 1],
])('a block can ask for a real API server: %s', (info, exitCode) => {
  expect(readPage(block(info, 'a')).run).toEqual([{ line: 1, script: 'a\n', exitCode, onCluster: true }]);
});

test('a block that gives a reason is not run', () => {
  expect(readPage(block('sh no-run="needs a bucket"', 'aws s3 ls'))).toEqual({
    run: [],
    excused: [{ line: 1, reason: 'needs a bucket' }],
    problems: [],
  });
});

test('a text block right after a shell block is what that prints', () => {
  const { run, problems } = readPage(`${block('sh', 'a')}\n${block('text', 'one\n…')}`);
  expect(run).toEqual([{ line: 1, script: 'a\n', exitCode: 0, onCluster: false, output: 'one\n…\n' }]);
  expect(problems).toEqual([]);
});

test('a text block after a block that is not run is shown only', () => {
  expect(readPage(`${block('sh no-run="x"', 'a')}${block('text', 'one')}`)).toMatchObject({ run: [], problems: [] });
});

test('a block in a list is read without its indentation', () => {
  expect(readPage('* item\n\n  ```sh\n  a <<E\n    b\n  E\n  ```\n').run).toEqual([
    { line: 3, script: 'a <<E\n  b\nE\n', exitCode: 0, onCluster: false },
  ]);
});

test('a fence inside a longer fence is text', () => {
  expect(readPage('````md\n```sh\na\n```\n````\n')).toEqual({ run: [], excused: [], problems: [] });
});

describe('a page breaks the rules by', () => {
  test.each([
    ['another name of the shell', block('bash', 'ls'), 'line 1: bash is not run; write sh'],
    ['commands without a language', block('', 'kubectl get pods'), 'line 1: commands in a block without a language'],
    ['commands after a prompt', block('', '$ ls'), 'line 1: commands in a block without a language'],
    ['a word it does not know', block('sh ignore', 'ls'), 'line 1: ignore is unknown'],
    ['an excuse without a reason', block('sh no-run=""', 'ls'), 'line 1: no-run="" is unknown'],
    ['text that no block prints', block('text', 'one'), 'line 1: text is what the sh block right before it prints'],
    ['words between a block and what it prints', `${block('sh', 'a')}It prints\n${block('text', 'b')}`, 'line 5: text'],
    ['a second text', `${block('sh', 'a')}${block('text', 'b')}${block('text', 'c')}`, 'line 7: text is what'],
    ['a block without an end', '```sh\nls\n', 'line 1: a block without an end'],
  ])('%s', (_, page, problem) => {
    expect(readPage(page).problems).toEqual([expect.stringContaining(problem)]);
  });

  test('nothing, where the block is a picture or another language', () => {
    expect(readPage(`${block('', 'a --> b')}${block('yaml', 'kubectl: x')}`).problems).toEqual([]);
  });
});
