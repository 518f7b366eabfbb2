import type { BenchWorld, Requests } from './bench-world.ts';
import { type ControllerProcess, startControllerProcess } from './controller-process.ts';
import { Fleet } from './fleet.ts';
import type { PhaseMeasurement } from './measurement.ts';
import { requestsBetween } from './requests-between.ts';
import type { FleetScenario, Phase } from './scenario.ts';
import { startEmbeddedWorld } from './start-embedded-world.ts';
import { startRealCluster } from './start-real-cluster.ts';
import { untilBusy, untilQuiet } from './until-quiet.ts';

/** Runs the phases of `scenario` once, on a world of their own; `report` is told of each. */
export async function runFleet(
  scenario: FleetScenario,
  report: (line: string) => void,
): Promise<readonly PhaseMeasurement[]> {
  const world =
    scenario.kubernetes === 'Real' ? await startRealCluster(scenario, report) : await startEmbeddedWorld(scenario);
  const fleet = await Fleet.open(world.client, scenario.objects);
  let controller: ControllerProcess | undefined;
  const measurements: PhaseMeasurement[] = [];
  try {
    for (const phase of scenario.phases) {
      const startsController = controller === undefined || NEEDS_NEW_CONTROLLER.has(phase);
      if (startsController) await controller?.stop();
      const start = await startOf(world, startsController ? undefined : await controller?.usage());
      if (startsController) controller = await startControllerProcess(world, flagsFor(scenario, phase));
      if (controller === undefined) throw new Error('no controller runs');
      await controller.working;
      const running = { scenario, world, fleet, controller, start };
      const { measurement, successor = controller } = await perform(phase, running);
      controller = successor;
      measurements.push({ ...measurement, ...(startsController ? { syncedMs: controller.syncedMs } : {}) });
      report(`${scenario.name}: ${phase} took ${measurement.seconds.toFixed(1)} s`);
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

async function startOf(world: BenchWorld, usage: { readonly cpuSeconds: number } | undefined): Promise<Start> {
  const requests = await world.requests();
  return {
    ms: performance.now(),
    requests,
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

interface Performed {
  readonly measurement: PhaseMeasurement;
  /** The controller that runs from now on, where it is another one. */
  readonly successor?: ControllerProcess;
}

async function perform(phase: Phase, running: Running): Promise<Performed> {
  const { scenario, world, fleet, start } = running;
  switch (phase) {
    case 'Create': {
      const createdMs = performance.now(); // the controller's own start is no part of it
      await fleet.create();
      return { measurement: await measured(phase, running, createdMs, performance.now()) };
    }
    case 'Delete':
      await fleet.delete();
      return { measurement: await measured(phase, running, start.ms, performance.now()) };
    case 'Restart':
      return { measurement: await measured(phase, running, start.ms, await untilQuiet(world)) };
    case 'Recheck': {
      const busyMs = await untilBusy(world);
      return { measurement: await measured(phase, running, busyMs, await untilQuiet(world)) };
    }
    case 'Edit': {
      const editsMs = await fleet.edit(EDITS, scenario.editEveryMs);
      return { measurement: { ...(await measured(phase, running, start.ms, await untilQuiet(world))), editsMs } };
    }
    case 'TakeOverAfterStop':
    case 'TakeOverAfterKill':
      return takeOver(phase, running);
    default:
      return phase satisfies never;
  }
}

async function takeOver(phase: Phase, running: Running): Promise<Performed> {
  const { scenario, world, controller } = running;
  const standby = await startControllerProcess(world, flagsFor(scenario, phase));
  const endedMs = performance.now();
  if (phase === 'TakeOverAfterKill') void controller.kill();
  else void controller.stop();
  await standby.working;
  const workedMs = performance.now();
  await untilQuiet(world);
  return {
    measurement: await measured(
      phase,
      { ...running, controller: standby, start: { ...running.start, controllerCpuSeconds: 0 } },
      endedMs,
      workedMs,
    ),
    successor: standby,
  };
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
    ...requestsBetween(start.requests, await world.requests()),
    cpuSeconds: cpuSeconds - start.controllerCpuSeconds,
    peakMiB,
    worldCpuSeconds: ownCpuSeconds() - start.worldCpuSeconds,
  };
}

function ownCpuSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}
