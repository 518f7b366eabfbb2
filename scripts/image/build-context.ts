import { readdir, readFile } from 'node:fs/promises';
import { join, posix } from 'node:path';

/**
 * Paths below `root` that a build sends, sorted, `/` between names: all files but those that `.dockerignore` leaves out.
 * A pattern that matches a folder matches all in it; the last pattern that matches a file decides.
 * Source: https://docs.docker.com/build/concepts/context/#dockerignore-files
 */
export async function buildContext(root: string): Promise<readonly string[]> {
  const lines = (await readFile(join(root, '.dockerignore'), 'utf8')).split('\n').map((line) => line.trim());
  const patterns = lines.filter((line) => line !== '' && !line.startsWith('#'));
  const mayHold = patterns.filter((pattern) => pattern.startsWith('!')).map((pattern) => pattern.slice(1));
  const files: string[] = [];
  const visit = async (folder: string): Promise<void> => {
    for (const entry of await readdir(join(root, folder), { withFileTypes: true })) {
      const path = posix.join(folder, entry.name);
      const isSent = isIncluded(path, patterns);
      if (entry.isFile() && isSent) files.push(path);
      // What is taken back may lie in a folder that is left out.
      if (entry.isDirectory() && (isSent || mayHold.some((kept) => kept.startsWith(`${path}/`)))) await visit(path);
    }
  };
  await visit('');
  return files.sort();
}

function isIncluded(path: string, patterns: readonly string[]): boolean {
  let included = true;
  for (const pattern of patterns) {
    const isException = pattern.startsWith('!');
    const glob = toRegExp(isException ? pattern.slice(1) : pattern);
    if (withParents(path).some((each) => glob.test(each))) {
      included = isException;
    }
  }
  return included;
}

/** `a/b/c`, `a/b`, `a`. */
function withParents(path: string): string[] {
  const names = path.split('/');
  return names.map((_, index) => names.slice(0, names.length - index).join('/'));
}

/** Unlike a shell's, these wildcards match names that begin with a dot too. */
function toRegExp(pattern: string): RegExp {
  const source = pattern
    .replace(/^\/|\/$/g, '')
    .split(/(\*\*\/?|\*|\?)/)
    .map((part) => WILDCARDS[part] ?? part.replace(/[.+^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${source.join('')}$`);
}

const WILDCARDS: Readonly<Record<string, string>> = { '**/': '(?:.*/)?', '**': '.*', '*': '[^/]*', '?': '[^/]' };
