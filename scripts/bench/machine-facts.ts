import { arch, availableParallelism, platform } from 'node:os';
import type { MachineFacts } from './measurement.ts';

export function machineFacts(nowMs: number): MachineFacts {
  return {
    cores: availableParallelism(),
    node: process.version,
    platform: `${platform()} ${arch()}`,
    date: new Date(nowMs).toISOString().slice(0, 10),
  };
}
