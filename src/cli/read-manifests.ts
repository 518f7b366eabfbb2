import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type FileProblem, parseManifests, type ReadManifests } from './parse-manifests.ts';

/** A file may have this many bytes; an object in Kubernetes cannot be larger either. */
export const MAX_FILE_BYTES = 1024 * 1024;

/**
 * Every AppAccess in `paths`: files, directories (all *.yaml, *.yml and *.json below them, in the order of their names,
 * names that start with a dot left out) and `-` for standard input. What cannot be read is a problem, not an error; a
 * problem with a whole file stands on its line 1. `stdin` is read only for `-`.
 */
export async function readManifests(
  paths: readonly string[],
  stdin: AsyncIterable<Uint8Array> = process.stdin,
): Promise<ReadManifests> {
  const read: ReadManifests[] = [];
  for (const path of paths) read.push(...(path === '-' ? [await readStdin(stdin)] : await readPath(path)));
  return {
    manifests: read.flatMap(({ manifests }) => manifests),
    problems: read.flatMap(({ problems }) => problems),
  };
}

async function readStdin(stdin: AsyncIterable<Uint8Array>): Promise<ReadManifests> {
  const chunks: Uint8Array[] = [];
  let sizeBytes = 0;
  for await (const chunk of stdin) {
    sizeBytes += chunk.length;
    if (sizeBytes > MAX_FILE_BYTES) return unreadable('-', TOO_LARGE);
    chunks.push(chunk);
  }
  return parseBytes('-', Buffer.concat(chunks));
}

async function readPath(path: string): Promise<ReadManifests[]> {
  const found = await stat(path).catch((error: NodeJS.ErrnoException) => error);
  if (found instanceof Error) return [unreadable(path, reasonOf(found))];
  if (!found.isDirectory()) return [await readOne(path)];
  const files = await listFiles(path);
  if (files.length === 0) return [unreadable(path, 'holds no file that ends in .yaml, .yml or .json')];
  const read: ReadManifests[] = [];
  for (const file of files) read.push(await readOne(file));
  return read;
}

async function listFiles(directory: string): Promise<string[]> {
  const files: string[] = [];
  const entries = await readdir(directory, { withFileTypes: true });
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = join(directory, entry.name);
    if (entry.name.startsWith('.')) continue;
    if (entry.isDirectory()) files.push(...(await listFiles(path)));
    else if (/\.(ya?ml|json)$/.test(entry.name)) files.push(path);
  }
  return files;
}

async function readOne(file: string): Promise<ReadManifests> {
  try {
    if ((await stat(file)).size > MAX_FILE_BYTES) return unreadable(file, TOO_LARGE);
    return parseBytes(file, await readFile(file));
  } catch (error) {
    if (!isSystemError(error)) throw error;
    return unreadable(file, reasonOf(error));
  }
}

function parseBytes(file: string, bytes: Uint8Array): ReadManifests {
  const text = decodeUtf8(bytes);
  return text === undefined ? unreadable(file, 'is not UTF-8 text; save it as UTF-8') : parseManifests(file, text);
}

function decodeUtf8(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return undefined; // the decoder has this one complaint
  }
}

const TOO_LARGE = `is larger than ${MAX_FILE_BYTES / 1024} KiB; split it into several files`;

function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'code' in error;
}

function reasonOf(error: NodeJS.ErrnoException): string {
  if (error.code === 'ENOENT') return 'does not exist';
  return error.code === 'EACCES' ? 'may not be read by this user' : `cannot be read: ${error.code ?? error.message}`;
}

function unreadable(file: string, problem: string): ReadManifests {
  const problems: FileProblem[] = [{ file, line: 1, path: '', problem }];
  return { manifests: [], problems };
}
