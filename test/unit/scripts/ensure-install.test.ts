import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { execaNode } from 'execa';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

const SCRIPT = path.resolve(import.meta.dirname, '../../../scripts/ensure-install.js');
const INSTALLING = 'installing dependencies with npm ci; this takes about half a minute';

// Stands in for npm, so that no registry is asked: notes the call, and leaves behind what npm leaves behind.
const NPM = `#!/bin/sh
echo "$*" >> npm-calls
if [ -e npm-fails ]; then exit 7; fi
rm -rf node_modules && mkdir -p node_modules
sleep 0.1
cp package-lock.json node_modules/.package-lock.json
`;

// Above the highest process id that Linux and macOS hand out.
const NO_PROCESS = 2 ** 30;

let root: string;

beforeEach(() => {
  root = mkdtempSync(path.join(os.tmpdir(), 'ensure-install-'));
  for (const folder of ['scripts', 'bin', '.appaccess']) mkdirSync(path.join(root, folder));
  copyFileSync(SCRIPT, path.join(root, 'scripts/ensure-install.js'));
  write('package.json', '{"type": "module"}');
  write('bin/npm', NPM);
  chmodSync(path.join(root, 'bin/npm'), 0o755);
  writeLock({ 'node_modules/execa': { version: '1.0.0', integrity: 'a' } });
});

afterEach(() => rmSync(root, { recursive: true, force: true }));

function write(file: string, text: string): void {
  writeFileSync(path.join(root, file), text);
}

function writeLock(packages: Readonly<Record<string, object>>, file = 'package-lock.json'): void {
  write(file, JSON.stringify({ packages: { '': { name: 'root' }, ...packages } }));
}

async function ensureInstall(): Promise<{ exitCode: number | undefined; output: string }> {
  const result = await execaNode({
    all: true,
    reject: false,
    env: { PATH: `${path.join(root, 'bin')}${path.delimiter}${process.env.PATH}` },
  })(path.join(root, 'scripts/ensure-install.js'));
  return { exitCode: result.exitCode, output: result.all };
}

function npmCalls(): string {
  try {
    return readFileSync(path.join(root, 'npm-calls'), 'utf8');
  } catch {
    return '';
  }
}

const ONE_CALL = 'ci --include=dev --no-progress --loglevel=error\n';

describe('ensure-install', () => {
  test('installs with one line when node_modules is missing, and is silent afterwards', async () => {
    expect(await ensureInstall()).toEqual({ exitCode: 0, output: INSTALLING });
    expect(await ensureInstall()).toEqual({ exitCode: 0, output: '' });
    expect(npmCalls()).toBe(ONE_CALL);
  });

  test.each([
    ['another version', { 'node_modules/execa': { version: '1.0.1', integrity: 'a' } }],
    ['another integrity', { 'node_modules/execa': { version: '1.0.0', integrity: 'b' } }],
    ['one package less', {}],
    [
      'one package more',
      { 'node_modules/execa': { version: '1.0.0', integrity: 'a' }, 'node_modules/pino': { version: '1.0.0' } },
    ],
  ])('installs again when the lock file names %s', async (_, packages) => {
    await ensureInstall();
    writeLock(packages);
    expect(await ensureInstall()).toEqual({ exitCode: 0, output: INSTALLING });
    expect(npmCalls()).toBe(ONE_CALL + ONE_CALL);
  });

  test('accepts what an npm ci by hand left behind, optional packages of other platforms missing', async () => {
    mkdirSync(path.join(root, 'node_modules'));
    const execa = { version: '1.0.0', integrity: 'a' };
    writeLock({ 'node_modules/execa': execa }, 'node_modules/.package-lock.json');
    writeLock({ 'node_modules/execa': execa, 'node_modules/other-platform': { version: '1.0.0', optional: true } });
    expect(await ensureInstall()).toEqual({ exitCode: 0, output: '' });
    expect(npmCalls()).toBe('');
  });

  test('installs once when several start at the same time', async () => {
    const results = await Promise.all([ensureInstall(), ensureInstall(), ensureInstall()]);
    expect(results.map(({ exitCode }) => exitCode)).toEqual([0, 0, 0]);
    expect(npmCalls()).toBe(ONE_CALL);
  });

  test('takes over the lock of a process that died', async () => {
    write('.appaccess/install.lock', String(NO_PROCESS));
    expect(await ensureInstall()).toEqual({ exitCode: 0, output: INSTALLING });
    expect(npmCalls()).toBe(ONE_CALL);
  });

  test('says that npm failed, exits with 1 and leaves no lock behind', async () => {
    write('npm-fails', '');
    const failed = { exitCode: 1, output: `${INSTALLING}\nnpm ci failed: exit code 7` };
    expect(await ensureInstall()).toEqual(failed);
    expect(await ensureInstall()).toEqual(failed);
  });
});
