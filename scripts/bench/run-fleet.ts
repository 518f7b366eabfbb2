import { type ControllerProcess, startControllerProcess } from './controller-process.ts';
import { Fleet } from './fleet.ts';
import type { PhaseMeasurement } from './measurement.ts';
import { requestsBetween } from './requests-between.ts';
import type { FleetScenario, Phase } from './scenario.ts';
import { type BenchWorld, type Requests, startBenchWorld } from './start-bench-world.ts';
import { untilBusy, untilQuiet } from './until-quiet.ts';

/** Runs the phases of `scenario` once, on a world of their own. */
export async function runFleet(scenario: FleetScenario): Promise<readonly PhaseMeasurement[]> {
  const world = await startBenchWorld(scenario);
  const fleet = await Fleet.open(world.client, scenario.objects);
  let controller: ControllerProcess | undefined;
  const measurements: PhaseMeasurement[] = [];
  try {
    for (const phase of scenario.phases) {
      const startsController = controller === undefined || NEEDS_NEW_CONTROLLER.has(phase);
      if (startsController) await controller?.stop();
      const start = startOf(world, startsController ? undefined : await controller?.usage());
      if (startsController) controller = await startControllerProcess(world, flagsFor(scenario, phase));
      if (controller === undefined) throw new Error('no controller runs');
      measurements.push(await perform(phase, { scenario, world, fleet, controller, start }));
    }
    return measurements;
  } finally {
    await controller?.stop();
    fleet.close();
    await world.stop();
  }
}

const NEEDS_NEW_CONTROLLER: ReadonlySet<Phase> = new Set(['Restart', 'Edit']);
const EDITS = 40;

function flagsFor({ budget, sweepIntervalSeconds, phases }: FleetScenario, phase: Phase): readonly string[] {
  const sweeps = phase === 'Restart' && phases.includes('Recheck') && sweepIntervalSeconds !== undefined;
  return [
    ...['--aws-requests-per-second', String(budget)],
    ...(sweeps ? ['--sweep-interval', `${sweepIntervalSeconds}s`] : []),
  ];
}

/** What had been used up when a phase began. */
interface Start {
  readonly ms: number;
  readonly requests: Requests;
  readonly controllerCpuSeconds: number;
  readonly worldCpuSeconds: number;
}

function startOf(world: BenchWorld, usage: { readonly cpuSeconds: number } | undefined): Start {
  return {
    ms: performance.now(),
    requests: world.requests(),
    controllerCpuSeconds: usage?.cpuSeconds ?? 0,
    worldCpuSeconds: ownCpuSeconds(),
  };
}

interface Running {
  readonly scenario: FleetScenario;
  readonly world: BenchWorld;
  readonly fleet: Fleet;
  readonly controller: ControllerProcess;
  readonly start: Start;
}

async function perform(phase: Phase, running: Running): Promise<PhaseMeasurement> {
  const { scenario, world, fleet, start } = running;
  switch (phase) {
    case 'Create': {
      const createdMs = performance.now(); // the controller's own start is no part of it
      await fleet.create();
      return measured(phase, running, createdMs, performance.now());
    }
    case 'Delete':
      await fleet.delete();
      return measured(phase, running, start.ms, performance.now());
    case 'Restart':
      return measured(phase, running, start.ms, await untilQuiet(world));
    case 'Recheck': {
      const busyMs = await untilBusy(world);
      return measured(phase, running, busyMs, await untilQuiet(world));
    }
    case 'Edit': {
      const editsMs = await fleet.edit(EDITS, scenario.editEveryMs);
      return { ...(await measured(phase, running, start.ms, await untilQuiet(world))), editsMs };
    }
    default:
      return phase satisfies never;
  }
}

async function measured(
  phase: Phase,
  { world, controller, start }: Running,
  startedMs: number,
  endedMs: number,
): Promise<PhaseMeasurement> {
  const { cpuSeconds, peakMiB } = await controller.usage();
  return {
    phase,
    seconds: (endedMs - startedMs) / 1000,
    ...requestsBetween(start.requests, world.requests()),
    cpuSeconds: cpuSeconds - start.controllerCpuSeconds,
    peakMiB,
    worldCpuSeconds: ownCpuSeconds() - start.worldCpuSeconds,
  };
}

function ownCpuSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}
