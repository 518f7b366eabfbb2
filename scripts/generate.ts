/**
 * Writes every generated file of the repository. `--check` writes nothing, names what is stale and exits with 1.
 * Run by `npm run generate`; each file names that command in its first line.
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { generatedFiles } from './generated-files.ts';

const ROOT = fileURLToPath(new URL('../', import.meta.url));

const check = process.argv.includes('--check');
const stale: string[] = [];
for (const file of generatedFiles) {
  const target = `${ROOT}${file.path}`;
  const content = await file.content();
  const written = await readFile(target, 'utf8').catch(() => undefined);
  if (written === content) continue;
  stale.push(relative(ROOT, target));
  if (check) continue;
  await mkdir(dirname(target), { recursive: true });
  await writeFile(target, content);
}
for (const path of stale) console.log(check ? `${path} is stale; run npm run generate` : `wrote ${path}`);
if (check && stale.length > 0) process.exitCode = 1;
