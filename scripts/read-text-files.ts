import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

/**
 * Texts of the files below `root`, or below its folder `under`, by path from `root` with `/` between names, sorted.
 * What `.gitignore` in `root` names is left out, as are `.git`, links and binary files. Of .gitignore's grammar this
 * knows the two forms that ours uses: `name/` and `*.ending`.
 */
export function readTextFiles(root: string, under = ''): Map<string, string> {
  const isIgnored = readIgnored(root);
  const texts = new Map<string, string>();
  const visit = (folder: string): void => {
    const entries = readdirSync(path.join(root, folder), { withFileTypes: true });
    for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const name = path.posix.join(folder, entry.name);
      if (isIgnored(entry.name)) continue;
      if (entry.isDirectory()) visit(name);
      if (!entry.isFile()) continue;
      const text = readFileSync(path.join(root, name), 'utf8');
      if (!text.includes('\0')) texts.set(name, text);
    }
  };
  visit(under);
  return texts;
}

function readIgnored(root: string): (name: string) => boolean {
  const patterns = readFileSync(path.join(root, '.gitignore'), 'utf8').split('\n');
  const names = new Set(['.git', ...patterns.map((pattern) => pattern.replace(/^\/|\/$/g, ''))]);
  const endings = patterns.filter((pattern) => pattern.startsWith('*.')).map((pattern) => pattern.slice(1));
  return (name) => names.has(name) || endings.some((ending) => name.endsWith(ending));
}
