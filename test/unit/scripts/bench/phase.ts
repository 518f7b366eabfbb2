import type { PhaseMeasurement } from '../../../../scripts/bench/measurement.ts';

/** A phase in which nothing happened, but for what `change` says. */
export function phase(change: Partial<PhaseMeasurement> = {}): PhaseMeasurement {
  return {
    phase: 'Create',
    seconds: 1,
    awsCalls: {},
    throttled: 0,
    kubeCalls: [],
    cpuSeconds: 0,
    peakMiB: 100,
    worldCpuSeconds: 0,
    ...change,
  };
}
