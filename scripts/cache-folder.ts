import { randomBytes } from 'node:crypto';
import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';

const ABANDONED_AFTER_MS = 24 * 60 * 60 * 1000;

/**
 * Absolute folder `<cache>/appaccess/<name>`, outside the repository so that a fresh clone finds it filled.
 * `<cache>` is `$XDG_CACHE_HOME`, or `~/.cache`. The folder may not exist yet.
 */
export function cacheFolder(...name: string[]): string {
  return join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'appaccess', ...name);
}

/** Whether `path` exists, whatever it is. Throws nothing. */
export async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

/**
 * Runs `fill` on a new empty folder beside `folder` and removes that folder afterwards, whatever happened. It lies on
 * the same file system, so what `fill` moves out of it with `rename` appears whole or not at all. Folders that a
 * killed run left behind are removed after a day.
 */
export async function withScratchFolder<T>(folder: string, fill: (scratch: string) => Promise<T>): Promise<T> {
  await mkdir(folder, { recursive: true });
  await removeAbandoned(folder);
  const scratch = join(folder, `.scratch-${randomBytes(6).toString('hex')}`);
  await mkdir(scratch);
  try {
    return await fill(scratch);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/** Moves `from` to `to`. When `to` has appeared meanwhile, from another run, that one stays and `from` is left. */
export async function publish(from: string, to: string): Promise<void> {
  try {
    await rename(from, to);
  } catch (error) {
    if (!(await exists(to))) throw error;
  }
}

async function removeAbandoned(folder: string): Promise<void> {
  for (const entry of await readdir(folder)) {
    if (!entry.startsWith('.scratch-')) continue;
    const path = join(folder, entry);
    const made = await stat(path).catch(() => undefined);
    if (made !== undefined && Date.now() - made.mtimeMs > ABANDONED_AFTER_MS) {
      await rm(path, { recursive: true, force: true });
    }
  }
}
