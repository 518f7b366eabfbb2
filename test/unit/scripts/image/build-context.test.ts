import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { buildContext } from '../../../../scripts/image/build-context.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'build-context-'));
});
afterEach(() => rm(folder, { recursive: true }));

async function contextOf(dockerignore: string, files: readonly string[]): Promise<readonly string[]> {
  for (const file of files) {
    await mkdir(dirname(join(folder, file)), { recursive: true });
    await writeFile(join(folder, file), '');
  }
  await writeFile(join(folder, '.dockerignore'), dockerignore);
  return buildContext(folder);
}

test('what is taken back after everything was left out is sent, and a later pattern leaves a part of it out', async () => {
  const files = ['README.md', 'package.json', 'src/main.ts', 'src/dev/a/b.ts', 'src/cli/dev.ts', 'src/cli/dev/c.ts'];
  const ignore = '# comment\n*\n!package.json\n!src\nsrc/dev\nsrc/cli/dev\n';
  expect(await contextOf(ignore, files)).toEqual(['package.json', 'src/cli/dev.ts', 'src/main.ts']);
});

test('wildcards match names that begin with a dot, and two asterisks match any folders', async () => {
  const files = ['.env', 'a/b/c.log', 'c.log', 'a/c.txt'];
  expect(await contextOf('.*\n**/*.log', files)).toEqual(['a/c.txt']);
});

test('a file that is taken back is found in a folder that is left out', async () => {
  expect(await contextOf('a\n!a/b/kept\n.dockerignore', ['a/b/kept', 'a/b/other', 'c'])).toEqual(['a/b/kept', 'c']);
});
