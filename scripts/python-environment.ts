import { mkdir, mkdtemp, rm, symlink } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { execa } from 'execa';
import { sha256Hex } from '../src/base/digest.ts';
import { cacheFolder, exists } from './cache-folder.ts';

/** Python programs that are installed together. */
export interface PythonPrograms {
  /** Folder in the cache, and what the programs are called in messages. */
  readonly name: string;
  /** As pip takes them, each with its version. Other requirements make another environment. */
  readonly requirements: readonly string[];
  /** Why they are needed, for the message when Python is missing: `the end-to-end tests run moto`. */
  readonly purpose: string;
}

/**
 * Absolute path of the `bin` folder of a Python environment in the cache that holds `programs`; it is made when it is not
 * there yet (10 to 60 seconds). An interrupted installation is never used. `report` gets a line for what takes long.
 * Throws an Error that says what to install when Python or its venv module is missing.
 */
export async function ensurePythonPrograms(programs: PythonPrograms, report: (line: string) => void): Promise<string> {
  const cache = cacheFolder(programs.name, sha256Hex(programs.requirements.join('\n')).slice(0, 12));
  const environment = join(cache, 'current');
  if (!(await exists(join(environment, 'bin', 'python')))) await install(programs, cache, environment, report);
  return join(environment, 'bin');
}

/** Scripts of an environment name its folder, so it cannot be moved: a link that appears last makes it visible. */
async function install(
  { name, requirements, purpose }: PythonPrograms,
  cache: string,
  environment: string,
  report: (line: string) => void,
): Promise<void> {
  const startedMs = Date.now();
  report(`installing ${requirements.join(', ')} into ${cache}`);
  await mkdir(cache, { recursive: true });
  const folder = await mkdtemp(join(cache, 'venv-'));
  try {
    await makeEnvironment(folder, purpose);
    const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', ...requirements];
    await execa(join(folder, 'bin', 'python'), pip);
    await link(folder, environment);
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
  report(`${name}: ${Math.round((Date.now() - startedMs) / 1000)} s`);
}

async function makeEnvironment(folder: string, purpose: string): Promise<void> {
  const made = await execa('python3', ['-m', 'venv', folder], { reject: false });
  if (!made.failed) return;
  const output = [made.stdout, made.stderr].join('\n').trim();
  throw new Error(
    `${purpose}: install python3 3.10 or newer with its venv module (on Debian: apt-get install python3-venv)${output === '' ? '' : `; python3 -m venv said: ${output}`}`,
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
