import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { parseDockerfile } from '../../../../scripts/image/parse-dockerfile.ts';
import { type BuiltImage, performDockerfile } from '../../../../scripts/image/perform-dockerfile.ts';

let scratch = '';
beforeEach(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'dockerfile-'));
});
afterEach(() => rm(scratch, { recursive: true }));

async function perform(dockerfile: string, files: Record<string, string> = {}): Promise<BuiltImage> {
  const context = join(scratch, 'context');
  await mkdir(join(context, 'src'), { recursive: true });
  for (const [name, text] of Object.entries({ '.dockerignore': '', ...files })) {
    await writeFile(join(context, name), text);
  }
  const fillBase = async (image: string, root: string) => {
    if (image === 'runtime:1') await writeFile(join(root, 'program'), '');
  };
  return performDockerfile(parseDockerfile(dockerfile), { context, folder: join(scratch, 'out'), fillBase });
}

test('the last stage has what its base holds and what the stages before handed on, and says how to run it', async () => {
  const image = await perform(
    [
      'FROM build:1 AS build',
      'WORKDIR /app',
      'COPY names.txt ./',
      'COPY src ./src',
      'RUN sort names.txt > sorted.txt',
      'FROM runtime:1',
      'WORKDIR /app',
      'COPY --from=build /app ./',
      'ENV ONE="1" TWO="2 3"',
      'USER 65532:65532',
      'EXPOSE 80 81',
      'ENTRYPOINT ["/program"]',
      'CMD ["run"]',
    ].join('\n'),
    { 'names.txt': 'b\na\n', 'src/main.ts': '' },
  );
  expect(image).toEqual({
    root: image.root,
    workingDirectory: '/app',
    env: { ONE: '1', TWO: '2 3' },
    user: '65532:65532',
    ports: ['80', '81'],
    command: ['/program', 'run'],
  });
  expect((await readdir(image.root, { recursive: true })).sort()).toEqual([
    'app',
    'app/names.txt',
    'app/sorted.txt',
    'app/src',
    'app/src/main.ts',
    'program',
  ]);
  expect(await readFile(join(image.root, 'app/sorted.txt'), 'utf8')).toBe('a\nb\n');
});

test('what a builder left writable for others is not writable in the image, and everybody may read it', async () => {
  const image = await perform(
    'FROM runtime:1\nWORKDIR /app\nRUN touch secret open && chmod 600 secret && chmod 666 open',
  );
  const modes = await Promise.all(
    ['secret', 'open'].map(async (name) => (await stat(join(image.root, 'app', name))).mode & 0o777),
  );
  expect(modes).toEqual([0o644, 0o644]);
});

test.each([
  ['an instruction that is not known', 'FROM runtime:1\nSHELL ["bash"]'],
  ['a file that the build context lacks', 'FROM runtime:1\nCOPY absent ./'],
  ['a command that fails', 'FROM runtime:1\nRUN false'],
  ['a stage that is not there', 'FROM runtime:1\nCOPY --from=build /app ./'],
])('%s ends the build', async (_, dockerfile) => {
  await expect(perform(dockerfile)).rejects.toThrow();
});
