import { mkdir, mkdtemp, rm, symlink } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { execa } from 'execa';
import { sha256Hex } from '../src/base/digest.ts';
import { cacheFolder, exists } from './cache-folder.ts';

/** One environment for both, so that they share one botocore. */
const REQUIREMENTS = ['moto[server]==5.2.5', 'awscli==1.46.3'];

export type MotoPrograms = { readonly motoServer: string; readonly aws: string };

/**
 * Absolute paths of moto's server and of the `aws` command, from a Python environment in the cache that is made when
 * it is not there yet (about a minute). An interrupted installation is never used. `report` gets a line for what
 * takes long. Throws an Error that says what to install when Python or its venv module is missing.
 */
export async function ensureMoto(report: (line: string) => void): Promise<MotoPrograms> {
  const cache = cacheFolder('moto', sha256Hex(REQUIREMENTS.join('\n')).slice(0, 12));
  const environment = join(cache, 'current');
  if (!(await exists(join(environment, 'bin', 'moto_server')))) await install(cache, environment, report);
  return { motoServer: join(environment, 'bin', 'moto_server'), aws: join(environment, 'bin', 'aws') };
}

/** Scripts of an environment name its folder, so it cannot be moved: a link that appears last makes it visible. */
async function install(cache: string, environment: string, report: (line: string) => void): Promise<void> {
  const startedMs = Date.now();
  report(`installing ${REQUIREMENTS.join(', ')} into ${cache}`);
  await mkdir(cache, { recursive: true });
  const folder = await mkdtemp(join(cache, 'venv-'));
  try {
    await makeEnvironment(folder);
    const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', ...REQUIREMENTS];
    await execa(join(folder, 'bin', 'python'), pip);
    await link(folder, environment);
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
  report(`moto and the aws command: ${Math.round((Date.now() - startedMs) / 1000)} s`);
}

async function makeEnvironment(folder: string): Promise<void> {
  const made = await execa('python3', ['-m', 'venv', folder], { reject: false });
  if (!made.failed) return;
  const output = [made.stdout, made.stderr].join('\n').trim();
  throw new Error(
    `the end-to-end tests run moto, a Python program: install python3 3.10 or newer with its venv module (on Debian: apt-get install python3-venv)${output === '' ? '' : `; python3 -m venv said: ${output}`}`,
  );
}

/** The first of two installations at once stays; the link of the other is not made and its folder is removed. */
async function link(folder: string, environment: string): Promise<void> {
  try {
    await symlink(basename(folder), environment);
  } catch (error) {
    if (!(await exists(join(environment, 'bin')))) throw error;
    await rm(folder, { recursive: true, force: true });
  }
}

if (import.meta.main) console.log(await ensureMoto((line) => console.error(line)));
