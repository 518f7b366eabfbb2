import { readFileSync } from 'node:fs';

/** The version of this program as its package.json has it. */
export function programVersion(): string {
  const path = new URL('../../package.json', import.meta.url);
  const { version } = JSON.parse(readFileSync(path, 'utf8')) as { version: string };
  return version;
}
