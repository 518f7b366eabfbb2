// Runs before the npm scripts (prestart, pretest, …) under whatever Node the machine has, hence plain JavaScript
// without dependencies. Installs what package-lock.json names when node_modules holds something else; else silent.
//
//   installed? --yes--> done
//       | no
//   take the lock --held by a live process--> wait, look again
//       | taken
//   installed meanwhile? --yes--> release, done
//       | no
//   npm ci, release
import { spawnSync } from 'node:child_process';
import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const OLDEST_NODE = 20;
const WAIT_LIMIT_MS = 10 * 60_000;
const WAIT_STEP_MS = 200;

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
// Not in node_modules: npm ci empties that folder.
const lockFile = path.join(root, '.appaccess', 'install.lock');

process.exitCode = main();

function main() {
  if (Number(process.versions.node.split('.')[0]) < OLDEST_NODE) {
    console.error(
      `AppAccess needs Node ${OLDEST_NODE} or newer to install itself; this is Node ${process.versions.node}`,
    );
    return 1;
  }
  if (isInstalled()) return 0;
  if (!acquireLock()) {
    console.error(`another process has been installing for too long; if there is none, remove ${lockFile}`);
    return 1;
  }
  try {
    return isInstalled() ? 0 : install();
  } finally {
    rmSync(lockFile, { force: true });
  }
}

// npm writes node_modules/.package-lock.json last, and in it what it put there. Comparing contents instead of
// times also holds after a checkout of another commit, and after an npm ci by hand.
function isInstalled() {
  const wanted = readPackages(path.join(root, 'package-lock.json'));
  const present = readPackages(path.join(root, 'node_modules', '.package-lock.json'));
  if (wanted === undefined || present === undefined) return false;
  const paths = new Set([...Object.keys(wanted), ...Object.keys(present)]);
  paths.delete('');
  return [...paths].every((key) => isSamePackage(wanted[key], present[key]));
}

function readPackages(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8')).packages;
  } catch {
    return undefined; // absent or cut off: not installed
  }
}

function isSamePackage(wanted, present) {
  if (wanted === undefined) return false;
  // npm leaves out optional packages made for other platforms.
  if (present === undefined) return wanted.optional === true || wanted.devOptional === true;
  return wanted.version === present.version && wanted.integrity === present.integrity;
}

function acquireLock() {
  mkdirSync(path.dirname(lockFile), { recursive: true });
  const deadlineMs = Date.now() + WAIT_LIMIT_MS;
  while (Date.now() < deadlineMs) {
    if (tryLock()) return true;
    removeLockOfTheDead();
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, WAIT_STEP_MS);
  }
  return false;
}

// Written aside and linked into place, so that nobody ever reads a lock without its holder.
function tryLock() {
  const aside = `${lockFile}.${process.pid}`;
  writeFileSync(aside, String(process.pid));
  try {
    linkSync(aside, lockFile);
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(aside, { force: true });
  }
}

function removeLockOfTheDead() {
  const holder = readHolder(lockFile);
  if (holder === undefined || isAlive(holder)) return;
  const aside = `${lockFile}.${process.pid}.dead`;
  try {
    renameSync(lockFile, aside);
    // Another waiter may have removed and taken the lock in between: then it is put back.
    if (readHolder(aside) !== holder) linkSync(aside, lockFile);
  } catch (error) {
    if (error.code !== 'ENOENT' && error.code !== 'EEXIST') throw error;
  } finally {
    rmSync(aside, { force: true });
  }
}

function readHolder(file) {
  try {
    return Number(readFileSync(file, 'utf8'));
  } catch {
    return undefined; // released meanwhile
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM'; // alive, and someone else's
  }
}

function install() {
  console.error('installing dependencies with npm ci; this takes about half a minute');
  const result = spawnSync('npm', ['ci', '--include=dev', '--no-progress', '--loglevel=error'], {
    cwd: root,
    env: { ...process.env, PATH: pathWithoutOwnNode() },
    stdio: ['ignore', 'ignore', 'inherit'],
    shell: process.platform === 'win32', // npm is a .cmd there
  });
  if (result.status === 0) return 0;
  console.error(`npm ci failed: ${result.error?.message ?? `exit code ${result.status ?? result.signal}`}`);
  return 1;
}

// npm must not run on the Node inside node_modules, which it is about to delete.
function pathWithoutOwnNode() {
  const own = path.join(root, 'node_modules') + path.sep;
  const folders = (process.env.PATH ?? '').split(path.delimiter);
  return folders.filter((folder) => !folder.startsWith(own)).join(path.delimiter);
}
