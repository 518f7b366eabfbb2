import { mkdtemp, open, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { shortenLog } from '../../chaos/world/shorten-log.ts';

test('shortenLog empties a log that has grown long under the program that writes it, and keeps what was there', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'appaccess-log-'));
  const path = join(folder, 'replica.log');
  const writer = await open(path, 'a');
  await writer.write('first');
  await shortenLog(path, 5);
  expect(await readFile(path, 'utf8')).toBe('first');
  await writer.write(' second');
  await shortenLog(path, 5);
  await writer.write('third');
  expect(await readFile(path, 'utf8')).toBe('third');
  expect(await readFile(`${path}.before`, 'utf8')).toBe('first second');
  await writer.close();
  await rm(folder, { recursive: true });
});
