import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { sha256Hex } from '../src/base/digest.ts';
import { cacheFolder, exists, publish, withScratchFolder } from './cache-folder.ts';
import { ARGO_CD, type ClientRecipe, HELM, KUSTOMIZE_CONTROLLER, MINIMUM_GO } from './client-recipes.ts';
import { requireGo } from './require-go.ts';

/** Absolute paths of programs of other projects that judge our objects, and of what they need in the cluster. */
export interface Clients {
  readonly helm: string;
  readonly kustomizeController: string;
  /** Definitions of the kinds that kustomize-controller watches: a folder of manifests. */
  readonly fluxManifests: string;
  /** Tells what Argo CD says of an object; see {@link ARGO_CD}. */
  readonly argoCdVerdict: string;
}

/**
 * Takes the clients from the cache, or builds them into it from their Go modules: 12 to 20 minutes on two cores, once
 * for a machine. A program appears in the cache whole or not at all. `report` gets a line for each step that takes long.
 * Throws an Error that says what to install when Go is missing or too old.
 */
export async function ensureClients(report: (line: string) => void): Promise<Clients> {
  const folders: string[] = [];
  for (const recipe of [HELM, KUSTOMIZE_CONTROLLER, ARGO_CD]) folders.push(await ensureClient(recipe, report));
  const [helm = '', flux = '', argoCd = ''] = folders;
  return {
    helm: join(helm, HELM.name),
    kustomizeController: join(flux, KUSTOMIZE_CONTROLLER.name),
    fluxManifests: join(flux, MANIFESTS),
    argoCdVerdict: join(argoCd, ARGO_CD.name),
  };
}

const MANIFESTS = 'manifests';

/** Folder in the cache with the program and its manifests. */
async function ensureClient(recipe: ClientRecipe, report: (line: string) => void): Promise<string> {
  const digest = sha256Hex(JSON.stringify({ recipe, platform: process.platform, arch: process.arch })).slice(0, 12);
  const cache = cacheFolder('clients', recipe.name);
  const folder = join(cache, `${recipe.version}-${digest}`);
  if (await exists(folder)) return folder;
  const go = `${MINIMUM_GO.major}.${MINIMUM_GO.minor}`;
  await requireGo(MINIMUM_GO, `the tests of other clients build them from source: install Go ${go} or newer`);
  const startedMs = Date.now();
  report(`building ${recipe.name} ${recipe.version} into ${cache}`);
  await withScratchFolder(cache, async (scratch) => {
    await mkdir(join(scratch, 'out'));
    for (const manifests of recipe.manifests ?? []) await copyManifests(manifests, join(scratch, 'out', MANIFESTS));
    await writeWrapperModule(recipe, scratch);
    const args = ['build', '-trimpath', '-ldflags', '-s -w', '-o', `out/${recipe.name}`, recipe.mainPackage ?? '.'];
    await execa('go', args, { cwd: scratch, env: { CGO_ENABLED: '0' } });
    await publish(join(scratch, 'out'), folder);
  });
  report(`${recipe.name}: ${Math.round((Date.now() - startedMs) / 1000)} s`);
  return folder;
}

/** A module that requires the recipe's, with the replacements of that one: they count in the main module only. */
async function writeWrapperModule({ module, version, mainPackage, main }: ClientRecipe, folder: string): Promise<void> {
  const { GoMod } = await download(module, version);
  const goMod = [
    'module appaccess.test/client',
    `go ${MINIMUM_GO.major}.${MINIMUM_GO.minor}.0`,
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

if (import.meta.main) console.log(await ensureClients((line) => console.error(line)));
