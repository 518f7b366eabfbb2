import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { readPage } from '../../../scripts/page-blocks.ts';
import { anchorsOf, linksOf } from '../../../scripts/page-links.ts';
import { readTextFiles } from '../../../scripts/read-text-files.ts';
import { parseAppAccess } from '../../../src/api/parse-app-access.ts';
import { parseManifests } from '../../../src/cli/parse-manifests.ts';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const docs = readTextFiles(ROOT, 'docs');
const pages = ['README.md', 'CONTRIBUTING.md', ...docs.keys()]
  .filter((path) => path.endsWith('.md'))
  .map((path) => ({ path, text: readFileSync(`${ROOT}${path}`, 'utf8') }));
const docPages = pages.filter(({ path }) => path.startsWith('docs/'));

describe('every link within the repository leads to a file and a heading that are there', () => {
  test.each(pages)('$path', ({ path, text }) => {
    const broken = linksOf(path, text).filter(({ path: to, anchor }) => {
      if (!existsSync(`${ROOT}${to}`)) return true;
      return anchor !== undefined && !anchorsOf(readFileSync(`${ROOT}${to}`, 'utf8')).has(anchor);
    });
    expect(broken).toEqual([]);
  });
});

test('docs/README.md names every page', () => {
  const named = linksOf('docs/README.md', docs.get('docs/README.md') ?? '').map(({ path }) => path);
  const others = docPages.map(({ path }) => path).filter((path) => path !== 'docs/README.md');
  expect(others.filter((path) => !named.includes(path))).toEqual([]);
});

describe('every command of a page is in a block that is run or says why not', () => {
  test.each(docPages)('$path', ({ text }) => {
    expect(readPage(text).problems).toEqual([]);
  });

  const excused = docPages.flatMap(({ path, text }) =>
    readPage(text).excused.map(({ line, reason }) => ({ path, line, reason })),
  );
  test.each(excused)('but not $path line $line: $reason', ({ reason }) => {
    expect(reason.length).toBeGreaterThan(10);
  });
});

describe('every manifest that a page shows whole is valid', () => {
  test.each(docPages)('$path', ({ path, text }) => {
    const blocks = [...text.matchAll(/^```yaml\n([\s\S]*?)^```/gm)].map(([, block = '']) => block);
    const manifests = blocks.filter((block) => /^kind: AppAccess$/m.test(block));
    const read = manifests.map((manifest) => parseManifests(path, manifest));
    expect(read.flatMap(({ problems }) => problems)).toEqual([]);
    const parsed = read.flatMap(({ manifests }) =>
      manifests.map(({ object }) => parseAppAccess(object, { namespace: 'default' })),
    );
    expect(parsed.filter(({ ok }) => !ok)).toEqual([]);
  });
});
