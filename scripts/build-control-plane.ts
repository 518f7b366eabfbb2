import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { sha256Hex } from '../src/base/digest.ts';
import { cacheFolder, exists, publish, withScratchFolder } from './cache-folder.ts';
import {
  BINARIES,
  type Binary,
  ETCD_VERSION,
  KUBERNETES_VERSION,
  LINKER_FLAGS,
  MAIN_SOURCES,
  MINIMUM_GO,
} from './control-plane-recipe.ts';
import { requireGo } from './require-go.ts';

export type ControlPlaneBinaries = Readonly<Record<Binary, string>>;

/**
 * Absolute paths of etcd, kube-apiserver, kube-controller-manager and kubectl. Each is taken from the folder that
 * KUBEBUILDER_ASSETS names when it lies there, else from the cache, else it is built from its Go module into the
 * cache (6 to 10 minutes on two cores, once for a machine). A binary appears in the cache whole or not at all.
 * `report` gets a line for each step that takes long.
 * Throws an Error that says what to install when Go is missing or too old.
 */
export async function ensureControlPlane(report: (line: string) => void): Promise<ControlPlaneBinaries> {
  const cache = cacheFolder('control-plane', `${KUBERNETES_VERSION}-${recipeDigest()}`);
  const found = await Promise.all(BINARIES.map(async (binary) => ({ binary, path: await locate(binary, cache) })));
  const missing = found.filter(({ path }) => path === undefined).map(({ binary }) => binary);
  if (missing.length > 0) await build(missing, cache, report);
  return Object.fromEntries(
    found.map(({ binary, path }) => [binary, path ?? join(cache, binary)]),
  ) as unknown as ControlPlaneBinaries; // one entry for each of BINARIES, which the type is made of
}

/** Changes with anything that changes the built bytes, the platform included. */
function recipeDigest(): string {
  const recipe = { ETCD_VERSION, LINKER_FLAGS, MAIN_SOURCES, platform: process.platform, arch: process.arch };
  return sha256Hex(JSON.stringify(recipe)).slice(0, 12);
}

async function locate(binary: Binary, cache: string): Promise<string | undefined> {
  const assets = process.env.KUBEBUILDER_ASSETS;
  for (const folder of assets ? [assets, cache] : [cache]) {
    if (await exists(join(folder, binary))) return join(folder, binary);
  }
  return undefined;
}

async function build(missing: readonly Binary[], cache: string, report: (line: string) => void): Promise<void> {
  const go = `${MINIMUM_GO.major}.${MINIMUM_GO.minor}`;
  await requireGo(
    MINIMUM_GO,
    `the end-to-end tests build a Kubernetes control plane from source: install Go ${go} or newer (https://go.dev/dl/), or name a folder with ${BINARIES.join(', ')} in KUBEBUILDER_ASSETS`,
  );
  report(`building ${missing.join(', ')} (Kubernetes ${KUBERNETES_VERSION}) into ${cache}`);
  await withScratchFolder(cache, async (scratch) => {
    await timed('download of the modules', report, () => writeWrapperModule(scratch));
    for (const binary of missing) {
      await timed(binary, report, async () => {
        const args = ['build', '-trimpath', '-ldflags', LINKER_FLAGS, '-o', `out/${binary}`, `./${binary}`];
        await execa('go', args, { cwd: scratch, env: { CGO_ENABLED: '0' } });
        await chmod(join(scratch, 'out', binary), 0o755);
        await publish(join(scratch, 'out', binary), join(cache, binary));
      });
    }
  });
}

/** Writes a module whose packages are the mains, with the same replacements as Kubernetes' own go.mod makes. */
async function writeWrapperModule(folder: string): Promise<void> {
  const goMod = [
    'module appaccess.test/control-plane',
    `go ${MINIMUM_GO.major}.${MINIMUM_GO.minor}.0`,
    `godebug default=go${MINIMUM_GO.major}.${MINIMUM_GO.minor}`,
    `require k8s.io/kubernetes ${KUBERNETES_VERSION}`,
    `require go.etcd.io/etcd/server/v3 ${ETCD_VERSION}`,
    ...(await stagingModules()).map((path) => `replace ${path} => ${path} ${KUBERNETES_VERSION.replace('v1', 'v0')}`),
  ];
  await writeFile(join(folder, 'go.mod'), `${goMod.join('\n')}\n`);
  for (const binary of BINARIES) {
    await mkdir(join(folder, binary));
    await writeFile(join(folder, binary, 'main.go'), MAIN_SOURCES[binary]);
  }
  await execa('go', ['mod', 'tidy'], { cwd: folder });
}

/** Modules that Kubernetes replaces by a folder of its own tree, which its module zip lacks; each is published too. */
async function stagingModules(): Promise<string[]> {
  const download = await execa('go', ['mod', 'download', '-json', `k8s.io/kubernetes@${KUBERNETES_VERSION}`]);
  const { GoMod } = JSON.parse(download.stdout) as { GoMod: string };
  const edit = await execa('go', ['mod', 'edit', '-json', GoMod]);
  const { Replace } = JSON.parse(edit.stdout) as { Replace: { Old: { Path: string }; New: { Path: string } }[] };
  return Replace.filter(({ New }) => New.Path.startsWith('./')).map(({ Old }) => Old.Path);
}

async function timed(what: string, report: (line: string) => void, run: () => Promise<void>): Promise<void> {
  const startedMs = Date.now();
  await run();
  report(`${what}: ${Math.round((Date.now() - startedMs) / 1000)} s`);
}

if (import.meta.main) console.log(await ensureControlPlane((line) => console.error(line)));
