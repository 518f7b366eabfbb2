import path from 'node:path';
import { readTextFiles } from './read-text-files.ts';
import {
  refuseLeftOvers,
  refuseLongSources,
  refuseMachinePaths,
  refuseResolved,
  refuseWeakTests,
  type TextRule,
} from './text-rules.ts';

/**
 * Every rule about the text of the repository on every one of `files` (paths from its top, to their texts), as
 * `file:line problem`. `checkout` is the absolute path of the repository.
 */
export function checkText(checkout: string, files: ReadonlyMap<string, string>): string[] {
  const rules: TextRule[] = [
    refuseMachinePaths(checkout),
    refuseResolved,
    refuseLeftOvers,
    refuseLongSources,
    refuseWeakTests,
  ];
  return [...files].flatMap(([file, text]) =>
    rules.flatMap((rule) => rule(file, text).map(({ line, problem }) => `${file}:${line} ${problem}`)),
  );
}

function main(): number {
  const checkout = path.dirname(import.meta.dirname);
  const files = readTextFiles(checkout);
  const offences = checkText(checkout, files);
  for (const offence of offences) console.error(offence);
  const needed = ['package-lock.json', 'src/main.ts', 'vitest.config.ts'].filter((file) => !files.has(file));
  if (needed.length > 0) console.error(`not seen: ${needed.join(', ')}`);
  console.log(`${files.size} files checked, ${offences.length} offences`);
  return offences.length + needed.length > 0 ? 1 : 0;
}

if (import.meta.main) process.exitCode = main();
