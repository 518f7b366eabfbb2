import { type BenchReport, type PhaseMeasurement, quantile } from './measurement.ts';
import type { Phase } from './scenario.ts';

/** One figure that the project wants to reach, beside those of other tools. */
export interface Goal {
  readonly what: string;
  readonly goal: string;
  /** What this run measured; absent when it did not run what the figure needs. */
  readonly measured: (report: BenchReport) => Figure | undefined;
  /** Printed where the goal is not reached. */
  readonly whyNot?: string;
  readonly peers: { readonly ack: string; readonly iamManager: string; readonly terraform: string };
}

export interface Figure {
  readonly text: string;
  readonly isReached: boolean;
}

const SWEEP_TO_COME =
  'each role is read by itself, four calls each; reading the account in bulk is not there yet, and will make it a handful';

/** The figures of other tools: the same work, a real kube-apiserver, built from source, November 2026. */
export const goals: readonly Goal[] = [
  {
    what: 'IAM calls for a new role',
    goal: '2',
    measured: fromPhase('1000', 'Create', (phase) => atMost(awsCount(phase) / 1000, 2, twoDigits)),
    peers: peers('23', '10', '7'),
  },
  {
    what: 'IAM calls to check 1,000 Lambda roles again, nothing changed',
    goal: 'at most 10',
    measured: fromPhase('1000', 'Recheck', (phase) => atMost(awsCount(phase), 10, whole)),
    whyNot: SWEEP_TO_COME,
    peers: peers('10,000', '2,000', '5,000'),
  },
  {
    what: 'IAM calls to delete a role',
    goal: '3',
    measured: fromPhase('1000', 'Delete', (phase) => atMost(awsCount(phase) / 1000, 3, twoDigits)),
    peers: peers('7', '4', '9'),
  },
  {
    what: 'Kubernetes writes per created object, Events apart',
    goal: 'at most 2',
    measured: fromPhase('1000', 'Create', (phase) => atMost(objectWrites(phase) / 1000, 2, twoDigits)),
    peers: peers('5', '4.6', '–'),
  },
  {
    what: 'writes in an unchanged check of 1,000, Kubernetes and AWS',
    goal: '0',
    measured: fromPhase('1000', 'Recheck', (phase) => atMost(kubeWrites(phase) + awsWrites(phase), 0, whole)),
    peers: peers('1 per object', '1 per object', '–'),
  },
  {
    what: '1,000 at once until all are Ready, no budget in the way',
    goal: 'under 10 s',
    measured: fromPhase('1000', 'Create', ({ seconds }) => under(seconds, 10, inSeconds)),
    peers: peers('541 s; 58 s with 10 workers', '26 s', '197 s'),
  },
  {
    what: '100 at once under 20 IAM requests/s',
    goal: 'under 12 s',
    measured: fromPhase('100-at-20', 'Create', ({ seconds }) => under(seconds, 12, inSeconds)),
    peers: peers('114 s', '–', '–'),
  },
  {
    what: 'calls throttled meanwhile',
    goal: '0',
    measured: fromPhase('100-at-20', 'Create', ({ throttled }) => atMost(throttled, 0, whole)),
    peers: peers('29 %', '–', '–'),
  },
  {
    what: 'restart with 1,000 in sync until quiet',
    goal: 'under 3 s',
    measured: fromPhase('1000', 'Restart', ({ seconds }) => under(seconds, 3, inSeconds)),
    whyNot: SWEEP_TO_COME,
    peers: peers('223 s; 24 s', '5 s', '57 s'),
  },
  {
    what: 'CPU seconds, create 1,000',
    goal: 'under 12',
    measured: fromPhase('1000', 'Create', ({ cpuSeconds }) => under(cpuSeconds, 12, inSeconds)),
    peers: peers('33 s; 22 s', '13 s', '229 s'),
  },
  {
    what: 'drift made in AWS until repaired, default settings',
    goal: 'under 60 s',
    measured: () => ({ text: 'up to 11 min', isReached: false }),
    whyNot: 'not measured: it is `--sweep-interval`, 10 minutes until a sweep reads the account in bulk',
    peers: peers('up to 10 h', '30 min; some drift never', 'next apply; foreign policy never'),
  },
  {
    what: '1,000 AppAccess: peak resident memory',
    goal: 'at most 190 MiB',
    measured: ({ fleets }) => peakOf(fleets, '1000', 190),
    peers: peers('72 MiB', '94 MiB', '2,080 MiB'),
  },
  {
    what: '10,000 AppAccess: peak resident memory',
    goal: 'at most 250 MiB',
    measured: ({ fleets }) => peakOf(fleets, '10000', 250),
    peers: peers('–', '–', '–'),
  },
  {
    what: 'edit to applied, p99, while 10,000 objects resync',
    goal: 'under 1 s',
    measured: fromPhase('10000', 'Edit', ({ editsMs = [] }) => under(quantile(editsMs, 0.99) / 1000, 1, inSeconds)),
    peers: peers('waits in one queue', 'waits in one queue', '–'),
  },
  {
    what: '`npm start` on an installed checkout until the first role exists',
    goal: 'under 3 s',
    measured: fromCommand('start', (ms) => under(ms / 1000, 3, inSeconds)),
    peers: peers('–', '–', '–'),
  },
  {
    what: '`appaccess compile` of one file, whole process',
    goal: 'under 300 ms',
    measured: fromCommand('compile', (ms) => under(ms, 300, (value) => `${whole(value)} ms`)),
    peers: peers('–', '–', '–'),
  },
];

function peers(ack: string, iamManager: string, terraform: string): Goal['peers'] {
  return { ack, iamManager, terraform };
}

function fromPhase(scenario: string, phase: Phase, figure: (phase: PhaseMeasurement) => Figure): Goal['measured'] {
  return ({ fleets }) => {
    const fleet = fleets.find((one) => one.scenario.name === scenario);
    const found = fleet?.phases.find((one) => one.phase === phase);
    return found && figure(found);
  };
}

/** By the median of the runs. */
function fromCommand(name: string, figure: (milliseconds: number) => Figure): Goal['measured'] {
  return ({ commands }) => {
    const found = commands.find((command) => command.name === name);
    return found && figure(quantile(found.milliseconds, 0.5));
  };
}

function peakOf(fleets: BenchReport['fleets'], scenario: string, limit: number): Figure | undefined {
  const phases = fleets.find((one) => one.scenario.name === scenario)?.phases ?? [];
  if (phases.length === 0) return undefined;
  return atMost(Math.max(...phases.map(({ peakMiB }) => peakMiB)), limit, (value) => `${whole(value)} MiB`);
}

function atMost(value: number, limit: number, format: (value: number) => string): Figure {
  return { text: format(value), isReached: value <= limit };
}

function under(value: number, limit: number, format: (value: number) => string): Figure {
  return { text: format(value), isReached: value < limit };
}

const whole = (value: number) => value.toLocaleString('en-US', { maximumFractionDigits: 0 });
const twoDigits = (value: number) => String(Number(value.toFixed(2)));
const inSeconds = (value: number) => `${value.toFixed(value < 10 ? 2 : 1)} s`;

/** Those of IAM: STS is asked once for each new access key. */
function awsCount({ awsCalls }: PhaseMeasurement): number {
  const { GetCallerIdentity: _sts, ...iam } = awsCalls;
  return Object.values(iam).reduce((sum, count) => sum + count, 0);
}

function awsWrites({ awsCalls }: PhaseMeasurement): number {
  const writes = Object.entries(awsCalls).filter(([action]) => !/^(Get|List|Describe)/.test(action));
  return writes.reduce((sum, [, count]) => sum + count, 0);
}

/** A leader renews its lease every two seconds, however many objects there are. */
const LEASES = 'leases';
const KUBE_READS: ReadonlySet<string> = new Set(['get', 'list', 'watch']);

function kubeWrites({ kubeCalls }: PhaseMeasurement): number {
  const writes = kubeCalls.filter(({ verb, resource }) => !KUBE_READS.has(verb) && resource !== LEASES);
  return writes.reduce((sum, { count }) => sum + count, 0);
}

function objectWrites({ kubeCalls, ...phase }: PhaseMeasurement): number {
  return kubeWrites({ ...phase, kubeCalls: kubeCalls.filter(({ resource }) => resource.startsWith('appaccesses')) });
}
