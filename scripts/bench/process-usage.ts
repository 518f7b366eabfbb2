import { readFile } from 'node:fs/promises';

/** What a process has used since its start. */
export interface ProcessUsage {
  readonly cpuSeconds: number;
  readonly peakMiB: number;
}

/** Of a running process, from /proc. Rejects where there is none: off Linux, or when the process is gone. */
export async function readProcessUsage(pid: number): Promise<ProcessUsage> {
  const [stat, status] = await Promise.all([
    readFile(`/proc/${pid}/stat`, 'utf8'),
    readFile(`/proc/${pid}/status`, 'utf8'),
  ]);
  return parseProcessUsage(stat, status);
}

/** `stat` and `status` are the files of these names in /proc. Source: man 5 proc. */
export function parseProcessUsage(stat: string, status: string): ProcessUsage {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' '); // the name before it may hold blanks and brackets
  const [userTicks, systemTicks] = [Number(fields[11]), Number(fields[12])];
  const peakKiB = Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1]);
  if (!Number.isFinite(userTicks + systemTicks + peakKiB)) throw new Error('cannot read /proc: unknown format');
  return { cpuSeconds: (userTicks + systemTicks) / TICKS_PER_SECOND, peakMiB: peakKiB / 1024 };
}

/** USER_HZ, which Linux shows to programs on every architecture that Node supports. */
const TICKS_PER_SECOND = 100;
