import { renameSync, writeFileSync } from 'node:fs';

/**
 * Loaded into a controller before its own code: SIGWINCH, which a process without a terminal never gets otherwise, makes it
 * collect all garbage and write what memory is left to CHAOS_MEMORY_PATH, as JSON, in bytes. Needs `--expose-gc`.
 */
process.on('SIGWINCH', () => {
  const path = process.env.CHAOS_MEMORY_PATH ?? '';
  global.gc?.();
  const { heapUsed, external, rss } = process.memoryUsage();
  writeFileSync(
    `${path}.new`,
    JSON.stringify({ pid: process.pid, liveBytes: heapUsed + external, residentBytes: rss }),
  );
  renameSync(`${path}.new`, path);
});
