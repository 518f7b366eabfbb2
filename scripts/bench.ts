/**
 * Measures what the project promises: times, calls, CPU and memory. Without arguments everything, in a few minutes, and
 * writes docs/benchmarks.json and docs/benchmarks.md; otherwise part of it, to standard output. Needs Linux, for /proc.
 */
import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { renderReport } from './bench/render-report.ts';
import { runBench } from './bench/run-bench.ts';
import { quickScenarios, type Scenario, scenarios } from './bench/scenario.ts';

const HELP = `npm run bench -- [--quick | --only NAME...] [--objects N] [--runs N]

  without arguments   every scenario; writes docs/benchmarks.json and docs/benchmarks.md
  --quick             small scenarios, whether the bench still works; its figures mean nothing
  --only NAME         this scenario; may be repeated: ${scenarios.map(({ name }) => name).join(', ')}
  --objects N         so many objects instead of as many as the scenario says
  --runs N            so many runs of each scenario
`;

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    only: { type: 'string', multiple: true },
    objects: { type: 'string' },
    runs: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});
if (values.help) process.stdout.write(HELP);
else await main();

async function main(): Promise<void> {
  const report = await runBench(chosenScenarios(), (line) => console.error(line));
  if (values.quick || values.only !== undefined || values.objects !== undefined || values.runs !== undefined) {
    process.stdout.write(renderReport(report));
    return;
  }
  const docs = new URL('../docs/', import.meta.url);
  await writeFile(new URL('benchmarks.json', docs), `${JSON.stringify(report, undefined, 2)}\n`);
  await writeFile(new URL('benchmarks.md', docs), renderReport(report));
}

function chosenScenarios(): readonly Scenario[] {
  const all = values.quick ? quickScenarios : scenarios;
  const unknown = (values.only ?? []).filter((name) => !all.some((scenario) => scenario.name === name));
  if (unknown.length > 0) throw new Error(`no such scenario: ${unknown.join(', ')}\n${HELP}`);
  const chosen = values.only === undefined ? all : all.filter(({ name }) => values.only?.includes(name));
  const [objects, runs] = [positive('objects', values.objects), positive('runs', values.runs)];
  return chosen.map((scenario) => ({
    ...scenario,
    ...(runs === undefined ? {} : { runs }),
    ...(objects !== undefined && scenario.kind === 'Fleet' ? { objects } : {}),
  }));
}

function positive(option: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (/^[1-9][0-9]*$/.test(text)) return Number(text);
  throw new Error(`--${option} takes a whole number from 1 up`);
}
