import { copyFile, stat, truncate } from 'node:fs/promises';

const LONGEST_BYTES = 16 * 1024 * 1024;

/**
 * Empties a log that has grown long, after copying it to `<path>.before`, over what was there. Whoever writes it must append
 * (`O_APPEND`) and need not know; what is written during the copy may be lost.
 */
export async function shortenLog(path: string, longestBytes: number = LONGEST_BYTES): Promise<void> {
  const { size } = await stat(path);
  if (size <= longestBytes) return;
  await copyFile(path, `${path}.before`);
  await truncate(path);
}
