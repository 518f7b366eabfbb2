/**
 * Runs seeded faults against two replicas of the controller for hours, on a real kube-apiserver and moto, and looks at the
 * whole world, the lease and the memory after each round. Ends with 1 at the first thing that is wrong, and prints the seed
 * that brings it about again.
 */
import { parseArgs } from 'node:util';
import { seedOf } from '../test/chaos/schedule/seed.ts';
import { drawSeed } from './soak/profile-of.ts';
import { renderRound } from './soak/render-round.ts';
import { renderSummary } from './soak/render-summary.ts';
import type { Round } from './soak/round.ts';
import { runRounds } from './soak/run-rounds.ts';

const HELP = `npm run soak -- --hours H [--seed N]

  --hours H   how long, for example 8 or 0.5; SIGINT and SIGTERM end it sooner
  --seed N    of the first round; each further round has the next number. CHAOS_SEED does the same
`;

const { values } = parseArgs({
  options: { hours: { type: 'string' }, seed: { type: 'string' }, help: { type: 'boolean', default: false } },
});
const hours = Number(values.hours);
if (values.help || !(hours > 0)) {
  process.stdout.write(HELP);
  process.exitCode = values.help ? 0 : 2;
} else {
  const given = values.seed ?? process.env.CHAOS_SEED ?? '';
  process.exitCode = await soak(hours, given === '' ? drawSeed(Math.random()) : seedOf({ CHAOS_SEED: given }));
}

async function soak(limitHours: number, firstSeed: number): Promise<number> {
  const startedMs = performance.now();
  const stopping = new AbortController();
  // Each time again, not once: npm passes on the signal that the terminal has sent to all of them.
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.on(name, () => stopping.abort(name));
  const rounds: Round[] = [];
  const wrong: string[] = [];
  const options = { firstSeed, limitMs: limitHours * 3_600_000, report: (line: string) => console.error(line) };
  let seed = firstSeed;
  options.report(`the first seed is ${firstSeed}`);
  try {
    for await (const round of runRounds(options, stopping.signal)) {
      rounds.push(round);
      console.log(renderRound(round));
      wrong.push(...round.violations);
      if (wrong.length > 0) break;
      seed = round.seed + 1;
    }
  } catch (error) {
    wrong.push(`the round of seed ${seed} could not be judged: ${error instanceof Error ? error.stack : error}`);
  }
  if (wrong.length > 0) {
    console.log(wrong.join('\n'));
    console.log(`again, from an empty world: npm run soak -- --hours 0.02 --seed ${seed}`);
  }
  const end = wrong.length > 0 ? 'what is wrong' : stopping.signal.aborted ? stopping.signal.reason : 'its time';
  console.log(renderSummary(rounds, (performance.now() - startedMs) / 3_600_000, end));
  return wrong.length > 0 ? 1 : 0;
}
