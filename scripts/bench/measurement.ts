import type { FleetScenario, Phase } from './scenario.ts';

/** Requests of the controller to the Kubernetes API. */
export interface KubeCount {
  readonly verb: string;
  /** The plural, with the subresource: `appaccesses/status`. */
  readonly resource: string;
  readonly count: number;
}

/** One phase of a fleet. */
export interface PhaseMeasurement {
  readonly phase: Phase;
  readonly seconds: number;
  /** Requests that reached AWS, those that were throttled among them, by action. */
  readonly awsCalls: Readonly<Record<string, number>>;
  /** How many of them were throttled. */
  readonly throttled: number;
  /** Sorted by resource and verb. */
  readonly kubeCalls: readonly KubeCount[];
  /** Of the controller: in this phase, and from its start on where the phase starts it. */
  readonly cpuSeconds: number;
  /** Of the controller, since its start. */
  readonly peakMiB: number;
  /** Of the embedded servers and the bench itself, which share one process and the machine. */
  readonly worldCpuSeconds: number;
  /** `Edit` alone: from the edit until it is applied, ascending. */
  readonly editsMs?: readonly number[];
  /** Where the phase starts a controller: from the start of its process until its caches were synced. */
  readonly syncedMs?: number;
}

export interface FleetResult {
  readonly scenario: FleetScenario;
  readonly phases: readonly PhaseMeasurement[];
}

/** Times of a command's whole process, ascending. */
export interface CommandResult {
  readonly name: string;
  readonly milliseconds: readonly number[];
}

/** Nothing in it names the machine. */
export interface MachineFacts {
  readonly cores: number;
  readonly node: string;
  readonly platform: string;
  /** `2026-11-25`. */
  readonly date: string;
}

/** All that one run of the bench saw; what docs/benchmarks.json holds. */
export interface BenchReport {
  readonly machine: MachineFacts;
  readonly awsLatencyMs: number;
  readonly commands: readonly CommandResult[];
  readonly fleets: readonly FleetResult[];
}

/**
 * The runs of one scenario as one: of each phase the fastest run, with the least CPU and the most memory of all. Other
 * programs on the machine make a run slower, never faster. `runs` is not empty, and all have the same phases.
 */
export function bestOf(runs: readonly (readonly PhaseMeasurement[])[]): readonly PhaseMeasurement[] {
  const [first = []] = runs;
  return first.map((phase, index) => {
    const same = runs.flatMap((run) => run[index] ?? []);
    const fastest = same.reduce((best, one) => (one.seconds < best.seconds ? one : best), phase);
    return {
      ...fastest,
      cpuSeconds: Math.min(...same.map(({ cpuSeconds }) => cpuSeconds)),
      peakMiB: Math.max(...same.map(({ peakMiB }) => peakMiB)),
    };
  });
}

/** The value below which `share` (0 to 1) of `ascending` lies; NaN when there is none. */
export function quantile(ascending: readonly number[], share: number): number {
  return ascending[Math.min(ascending.length - 1, Math.floor(ascending.length * share))] ?? Number.NaN;
}
