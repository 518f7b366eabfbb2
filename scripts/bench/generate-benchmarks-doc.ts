import { readFile } from 'node:fs/promises';
import type { BenchReport } from './measurement.ts';
import { renderReport } from './render-report.ts';

const DATA = new URL('../../docs/benchmarks.json', import.meta.url);

/** docs/benchmarks.md from the data that the last whole run of the bench wrote beside it. */
export async function generateBenchmarksDoc(): Promise<string> {
  const report: BenchReport = JSON.parse(await readFile(DATA, 'utf8')); // written by `npm run bench` alone
  return renderReport(report);
}
