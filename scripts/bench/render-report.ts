import { goals } from './goals.ts';
import { type BenchReport, type FleetResult, type PhaseMeasurement, quantile } from './measurement.ts';

/** `report` as a page in Markdown, with a line end. Equal reports give equal pages. */
export function renderReport(report: BenchReport): string {
  const { machine, awsLatencyMs, fleets, commands } = report;
  return `# Benchmarks

Written by \`npm run bench\` on ${machine.date}: ${machine.cores} cores, ${machine.platform}, Node ${machine.node}. The controller is
a process of its own over the embedded Kubernetes API and the embedded AWS, which share another one and the machine; each
call of AWS takes ${awsLatencyMs} ms more. All else is as users get it. Of several runs time and CPU are the least, memory the
most. The figures as data: [benchmarks.json](benchmarks.json).

## Against what we want to reach, and against others

The figures of the other tools were taken once, in November 2026, on the same work and a real kube-apiserver: ACK
iam-controller 1.8, keikoproj/iam-manager, Terraform 1.11 with AWS provider 5.100, each built from source.

${goalTable(report)}${missedGoals(report)}
## Commands

${table(
  ['command', 'runs', 'median', 'longest'],
  commands.map(({ name, milliseconds }) => [
    name,
    String(milliseconds.length),
    `${fixed(quantile(milliseconds, 0.5))} ms`,
    `${fixed(milliseconds.at(-1) ?? Number.NaN)} ms`,
  ]),
)}
## Many objects

${fleets.map(renderFleet).join('\n')}`;
}

function goalTable(report: BenchReport): string {
  const rows = goals.map(({ what, goal, measured, peers }) => {
    const figure = measured(report);
    const ours = figure === undefined ? 'not run' : figure.isReached ? figure.text : `**${figure.text}**`;
    return [what, goal, ours, peers.ack, peers.iamManager, peers.terraform];
  });
  return table(['what', 'goal', 'AppAccess', 'ACK', 'iam-manager', 'Terraform'], rows);
}

function missedGoals(report: BenchReport): string {
  const missed = goals.filter(({ measured }) => measured(report)?.isReached === false);
  if (missed.length === 0) return '';
  const lines = missed.map(({ what, whyNot }) => `* ${what}${whyNot === undefined ? '' : `: ${whyNot}`}.\n`);
  return `\nNot reached, in bold above:\n\n${lines.join('')}`;
}

function renderFleet({ scenario, phases }: FleetResult): string {
  const { name, objects, iam, budget, runs, kubernetes } = scenario;
  const limits = [
    iam === undefined
      ? 'IAM takes what comes'
      : `IAM takes ${iam.requestsPerSecond} requests/s and ${iam.burst} at once`,
    budget === 0 ? 'the controller sets itself no limit' : `the controller sends ${budget} requests/s`,
  ];
  const head = ['phase', 'time', 'AWS calls', 'Kubernetes calls', 'CPU', 'peak memory'];
  const edits = phases.flatMap(({ editsMs }) => (editsMs === undefined ? [] : [editsLine(editsMs)]));
  return `### ${name}

${number(objects)} objects${kubernetes === 'Real' ? ' on a real kube-apiserver with etcd' : ''}; ${limits.join('; ')}; ${runs === 1 ? 'one run' : `${runs} runs`}.

${table(head, phases.map(phaseRow))}${edits.join('')}`;
}

function phaseRow({
  phase,
  seconds,
  syncedMs,
  awsCalls,
  throttled,
  kubeCalls,
  cpuSeconds,
  peakMiB,
}: PhaseMeasurement): string[] {
  const aws = Object.entries(awsCalls).map(([action, count]) => `${number(count)} ${action}`);
  const kube = kubeCalls.map(({ verb, resource, count }) => `${number(count)} ${verb} ${resource}`);
  return [
    phase.replace(/(?<=.)[A-Z]/g, ' $&').toLowerCase(),
    `${seconds.toFixed(2)} s${syncedMs === undefined ? '' : `; caches synced after ${(syncedMs / 1000).toFixed(2)} s`}`,
    [...aws, ...(throttled === 0 ? [] : [`of these ${number(throttled)} throttled`])].join('<br>') || 'none',
    kube.join('<br>') || 'none',
    `${cpuSeconds.toFixed(2)} s`,
    `${fixed(peakMiB)} MiB`,
  ];
}

function editsLine(ascending: readonly number[]): string {
  const [median, p99] = [quantile(ascending, 0.5), quantile(ascending, 0.99)].map(fixed);
  return `\n${ascending.length} edits while the new controller goes over all objects: applied after ${median} ms in the median, ${p99} ms at p99.\n`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |\n`).join('');
}

function fixed(value: number): string {
  return value.toFixed(0);
}

function number(value: number): string {
  return value.toLocaleString('en-US');
}
