import { expect, test } from 'vitest';
import { parseProcessUsage } from '../../../../scripts/bench/process-usage.ts';

const STAT = '4242 (node (main) x) S 1 4242 4242 0 -1 4194304 5 0 0 0 250 75 9 9 20 0 11 0 100 1 2';
const STATUS = 'Name:\tnode\nVmPeak:\t  900000 kB\nVmHWM:\t  153600 kB\nVmRSS:\t  102400 kB\n';

test('CPU time counts the process without its children, and memory is the most that was resident', () => {
  expect(parseProcessUsage(STAT, STATUS)).toEqual({ cpuSeconds: 3.25, peakMiB: 150 });
});

test('files of another form are refused, not read as zero', () => {
  expect(() => parseProcessUsage(STAT, 'Name:\tnode\n')).toThrow('unknown format');
});
