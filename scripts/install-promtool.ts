import { join } from 'node:path';
import { ensureGoProgram, type GoProgram } from './go-program.ts';

const PROMTOOL: GoProgram = {
  name: 'promtool',
  module: 'github.com/prometheus/prometheus',
  version: 'v0.316.0',
  mainPackage: 'github.com/prometheus/prometheus/cmd/promtool',
  // Without the clients of every cloud, which find what to scrape and take most of the time to compile.
  tags: ['remove_all_sd'],
};

/** Absolute path of promtool, built into the cache first when need be: see {@link ensureGoProgram}. */
export async function ensurePromtool(report: (line: string) => void): Promise<string> {
  const folder = await ensureGoProgram(PROMTOOL, {
    cache: [PROMTOOL.name],
    minimumGo: { major: 1, minor: 26 },
    purpose: 'what the controller tells Prometheus is checked by promtool',
    report,
  });
  return join(folder, PROMTOOL.name);
}

if (import.meta.main) console.log(await ensurePromtool((line) => console.error(line)));
