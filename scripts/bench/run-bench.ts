import { machineFacts } from './machine-facts.ts';
import { type BenchReport, bestOf, type CommandResult, type FleetResult } from './measurement.ts';
import { runCommand } from './run-command.ts';
import { runFleet } from './run-fleet.ts';
import { AWS_LATENCY_MS, type Scenario } from './scenario.ts';

/** Runs `scenarios` one after another, each as often as it says, and tells `report` of each run. */
export async function runBench(scenarios: readonly Scenario[], report: (line: string) => void): Promise<BenchReport> {
  const commands: CommandResult[] = [];
  const fleets: FleetResult[] = [];
  for (const scenario of scenarios) {
    if (scenario.kind === 'Fleet') {
      const runs = await repeat(scenario, report, () => runFleet(scenario, report));
      fleets.push({ scenario, phases: bestOf(runs) });
    } else {
      const times = await repeat(scenario, report, () => runCommand(scenario));
      commands.push({ name: scenario.name, milliseconds: times.sort((a, b) => a - b) });
    }
  }
  return { machine: machineFacts(Date.now()), awsLatencyMs: AWS_LATENCY_MS, commands, fleets };
}

async function repeat<T>(
  { name, runs }: Scenario,
  report: (line: string) => void,
  run: () => Promise<T>,
): Promise<T[]> {
  const results: T[] = [];
  for (let count = 1; count <= runs; count += 1) {
    const startedMs = performance.now();
    results.push(await run());
    report(`${name}: run ${count} of ${runs} took ${((performance.now() - startedMs) / 1000).toFixed(1)} s`);
  }
  return results;
}
