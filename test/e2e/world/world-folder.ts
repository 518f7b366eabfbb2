import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const PREFIX = 'appaccess-e2e-';

/**
 * A new temporary folder that names this process. Folders whose process is gone, which a killed run had no chance to
 * remove, are removed first: an etcd takes more than 100 MB.
 */
export async function createWorldFolder(): Promise<string> {
  await removeOrphans();
  return mkdtemp(join(tmpdir(), `${PREFIX}${process.pid}-`));
}

async function removeOrphans(): Promise<void> {
  for (const entry of await readdir(tmpdir())) {
    const [, pid] = new RegExp(`^${PREFIX}(\\d+)-`).exec(entry) ?? [];
    if (pid !== undefined && !isAlive(Number(pid))) await rm(join(tmpdir(), entry), { recursive: true, force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'; // someone else's process
  }
}
