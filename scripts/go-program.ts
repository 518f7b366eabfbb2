import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { sha256Hex } from '../src/base/digest.ts';
import { cacheFolder, exists, publish, withScratchFolder } from './cache-folder.ts';
import { type GoVersion, requireGo } from './require-go.ts';

/** One program, built from a Go module that a proxy serves. */
export interface GoProgram {
  /** The program's file name in the cache. */
  readonly name: string;
  readonly module: string;
  readonly version: string;
  /** The main package in that module; absent when the program is {@link main}. */
  readonly mainPackage?: string;
  /** Source of a main package that calls what the module exports. */
  readonly main?: string;
  /** Build tags. */
  readonly tags?: readonly string[];
  /** Folders in modules whose files belong to the program, by module path and version. */
  readonly manifests?: readonly { readonly module: string; readonly version: string; readonly folder: string }[];
}

/** Folder of {@link GoProgram.manifests} beside the program. */
export const MANIFESTS = 'manifests';

export interface GoProgramOptions {
  /** Folder in the cache for all versions of the program. */
  readonly cache: readonly string[];
  /** Oldest Go that compiles it. */
  readonly minimumGo: GoVersion;
  /** Why it is needed, for the message when Go is missing: `the end-to-end tests run promtool`. */
  readonly purpose: string;
  /** Gets a line for each step that takes long. */
  report(line: string): void;
}

/**
 * Absolute path of a folder in the cache with the program and its manifests; it is built when it is not there yet, and
 * appears whole or not at all. Any change of `program` makes another one.
 * Throws an Error that says what to install when Go is missing or too old.
 */
export async function ensureGoProgram(program: GoProgram, options: GoProgramOptions): Promise<string> {
  const recipe = { recipe: program, platform: process.platform, arch: process.arch };
  const cache = cacheFolder(...options.cache);
  const folder = join(cache, `${program.version}-${sha256Hex(JSON.stringify(recipe)).slice(0, 12)}`);
  if (await exists(folder)) return folder;
  const { minimumGo, purpose, report } = options;
  await requireGo(minimumGo, `${purpose}, built from source: install Go ${textOf(minimumGo)} or newer`);
  const startedMs = Date.now();
  report(`building ${program.name} ${program.version} into ${cache}`);
  await withScratchFolder(cache, async (scratch) => {
    await mkdir(join(scratch, 'out'));
    for (const manifests of program.manifests ?? []) await copyManifests(manifests, join(scratch, 'out', MANIFESTS));
    await writeWrapperModule(program, minimumGo, scratch);
    const tags = program.tags === undefined ? [] : ['-tags', program.tags.join(',')];
    const flags = ['-trimpath', '-ldflags', '-s -w', ...tags, '-o', `out/${program.name}`];
    const env = { CGO_ENABLED: '0' };
    await execa('go', ['build', ...flags, program.mainPackage ?? '.'], { cwd: scratch, env });
    await publish(join(scratch, 'out'), folder);
  });
  report(`${program.name}: ${Math.round((Date.now() - startedMs) / 1000)} s`);
  return folder;
}

/** A module that requires the program's, with the replacements of that one: they count in the main module only. */
async function writeWrapperModule(program: GoProgram, go: GoVersion, folder: string): Promise<void> {
  const { module, version, mainPackage, main } = program;
  const { GoMod } = await download(module, version);
  const goMod = [
    'module appaccess.test/program',
    `go ${textOf(go)}.0`,
    `require ${module} ${version}`,
    ...(await replacementsOf(GoMod)),
  ];
  await writeFile(join(folder, 'go.mod'), `${goMod.join('\n')}\n`);
  // Go cannot import a main package; under this tag, that nobody sets, it only keeps the requirement.
  const keep = `//go:build keep\n\npackage main\n\nimport _ "${mainPackage}"\n`;
  await writeFile(join(folder, 'main.go'), main ?? keep);
  await execa('go', ['mod', 'tidy'], { cwd: folder });
}

/** Those that name another version; a replacement by a folder of the module's own tree is a module of its own outside. */
async function replacementsOf(goModPath: string): Promise<string[]> {
  const edit = await execa('go', ['mod', 'edit', '-json', goModPath]);
  const { Replace } = JSON.parse(edit.stdout) as {
    Replace: { Old: { Path: string }; New: { Path: string; Version?: string } }[] | null;
  };
  return (Replace ?? [])
    .filter(({ New }) => New.Version !== undefined)
    .map(({ Old, New }) => `replace ${Old.Path} => ${New.Path} ${New.Version}`);
}

async function copyManifests(
  { module, version, folder }: { module: string; version: string; folder: string },
  target: string,
): Promise<void> {
  const { Dir } = await download(module, version);
  await mkdir(target, { recursive: true });
  for (const name of await readdir(join(Dir, folder))) {
    await writeFile(join(target, name), await readFile(join(Dir, folder, name))); // a copy would be read-only
  }
}

async function download(module: string, version: string): Promise<{ GoMod: string; Dir: string }> {
  const { stdout } = await execa('go', ['mod', 'download', '-json', `${module}@${version}`]);
  return JSON.parse(stdout) as { GoMod: string; Dir: string };
}

function textOf({ major, minor }: GoVersion): string {
  return `${major}.${minor}`;
}
