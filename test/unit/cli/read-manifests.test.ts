import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { MAX_FILE_BYTES, readManifests } from '../../../src/cli/read-manifests.ts';

let dir = '';
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'read-manifests-'));
});
afterEach(async () => {
  await rm(dir, { recursive: true });
});

async function write(name: string, content: string | Uint8Array): Promise<string> {
  const path = join(dir, name);
  await mkdir(join(path, '..'), { recursive: true });
  await writeFile(path, content);
  return path;
}

/** Files and names of what was read, and the problems as `file: problem`, all below the directory of the test. */
async function read(...paths: string[]) {
  const { manifests, problems } = await readManifests(paths);
  return {
    manifests: manifests.map(({ file, object }) => `${file.slice(dir.length + 1)} ${object.name}`),
    problems: problems.map(({ file, line, problem }) => `${file.slice(dir.length + 1)}:${line}: ${problem}`),
  };
}

test('readManifests reads the manifests below a directory in the order of their names and passes over the rest', async () => {
  await write('b.yaml', 'kind: AppAccess\nname: second');
  await write('a/z.yml', 'kind: AppAccess\nname: first');
  await write('c.json', '{"kind": "AppAccess", "name": "third"}');
  await write('notes.txt', '{{');
  await write('.git/d.yaml', '{{');
  expect(await read(dir)).toEqual({
    manifests: ['a/z.yml first', 'b.yaml second', 'c.json third'],
    problems: [],
  });
});

test('readManifests reads a file that was named whatever its ending', async () => {
  const path = await write('manifest', 'kind: AppAccess\nname: a');
  expect(await read(path)).toEqual({ manifests: ['manifest a'], problems: [] });
});

test('readManifests reports everything that cannot be read and reads the rest', async () => {
  await mkdir(join(dir, 'empty'));
  await mkdir(join(dir, 'links'));
  await symlink('nowhere', join(dir, 'links/dangling.yaml'));
  const paths = [
    join(dir, 'missing.yaml'),
    join(dir, 'empty'),
    join(dir, 'links'),
    await write('latin1.yaml', Uint8Array.of(0x61, 0xe4)),
    await write('large.yaml', `#${'x'.repeat(MAX_FILE_BYTES)}`),
    await write('bad.yaml', 'kind: AppAccess\na: 1\na: 2'),
    await write('good.yaml', '\uFEFFkind: AppAccess\nname: a'),
  ];
  expect(await read(...paths)).toEqual({
    manifests: ['good.yaml a'],
    problems: [
      'missing.yaml:1: does not exist',
      'empty:1: holds no file that ends in .yaml, .yml or .json',
      'links/dangling.yaml:1: does not exist',
      'latin1.yaml:1: is not UTF-8 text; save it as UTF-8',
      'large.yaml:1: is larger than 1024 KiB; split it into several files',
      'bad.yaml:3: stands here for the second time; keep one of them',
    ],
  });
});

test('readManifests reads standard input for a dash, in whatever pieces it comes', async () => {
  async function* stdin() {
    yield Buffer.from('kind: AppAccess\nname: "f');
    yield Buffer.from([0xc3]);
    yield Buffer.from([0xa9, 0x22]);
  }
  const { manifests, problems } = await readManifests(['-'], stdin());
  expect({ read: manifests.map(({ file, object }) => ({ file, object })), problems }).toEqual({
    read: [{ file: '-', object: { kind: 'AppAccess', name: 'fé' } }],
    problems: [],
  });
});

test('readManifests stops reading standard input that is too large', async () => {
  let chunks = 0;
  async function* stdin() {
    for (;;) {
      chunks++;
      yield Buffer.alloc(MAX_FILE_BYTES / 2);
    }
  }
  const { problems } = await readManifests(['-'], stdin());
  expect({ problems, chunks }).toEqual({
    problems: [{ file: '-', line: 1, path: '', problem: 'is larger than 1024 KiB; split it into several files' }],
    chunks: 3,
  });
});
