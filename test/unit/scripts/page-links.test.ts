import { describe, expect, test } from 'vitest';
import { anchorsOf, linksOf } from '../../../scripts/page-links.ts';

describe('linksOf', () => {
  test('resolves links from the folder of their page', () => {
    expect(linksOf('docs/a.md', 'See [b](b.md), [top](../README.md#set-up)\nand [here](#below).')).toEqual([
      { line: 1, target: 'b.md', path: 'docs/b.md' },
      { line: 1, target: '../README.md#set-up', path: 'README.md', anchor: 'set-up' },
      { line: 2, target: '#below', path: 'docs/a.md', anchor: 'below' },
    ]);
  });

  test('leaves out other places and what stands in code', () => {
    const page = '[a](https://example.com/b.md) `[c](d.md)`\n\n```sh\necho [e](f.md)\n```\n';
    expect(linksOf('docs/a.md', page)).toEqual([]);
  });

  test('takes a link whose words go on in the next line, at the line where it starts', () => {
    expect(linksOf('a.md', 'See [the\nother](b.md).')).toEqual([{ line: 1, target: 'b.md', path: 'b.md' }]);
  });

  test('takes links whose words are code, and counts lines past a block', () => {
    expect(linksOf('a.md', '```sh\nx\n```\n| [`s3`](#s3) |\n')).toEqual([
      { line: 4, target: '#s3', path: 'a.md', anchor: 's3' },
    ]);
  });
});

describe('anchorsOf', () => {
  test.each([
    ['# Two words', 'two-words'],
    ['### `kubectl wait` says: no', 'kubectl-wait-says-no'],
    ["## What it's for, in 1.2", 'what-its-for-in-12'],
    ['## See [there](x.md) first', 'see-there-first'],
    ['<a id="old-name"></a>', 'old-name'],
  ])('%s', (heading, anchor) => {
    expect([...anchorsOf(`${heading}\n`)]).toEqual([anchor]);
  });

  test('numbers headings of one name, and passes over comments of a shell', () => {
    expect([...anchorsOf('# A\n\n# A\n\n```sh\n# not this\n```\n## A\n')]).toEqual(['a', 'a-1', 'a-2']);
  });
});
