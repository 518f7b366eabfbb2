/**
 * Runs seeded faults against the controller for hours, on a real kube-apiserver and moto, and looks at the whole world
 * after each round. Ends with 1 at the first thing that is wrong, and prints the seed that brings it about again.
 */
import { parseArgs } from 'node:util';
import { seedOf } from '../test/chaos/schedule/seed.ts';
import { renderRound } from './soak/render-round.ts';
import { runRounds } from './soak/run-rounds.ts';

const HELP = `npm run soak -- --hours H [--seed N]

  --hours H   how long, for example 8 or 0.5
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
  process.exitCode = await soak(hours, seedOf({ CHAOS_SEED: values.seed ?? process.env.CHAOS_SEED }));
}

async function soak(limitHours: number, firstSeed: number): Promise<number> {
  const limitMs = limitHours * 3_600_000;
  for await (const round of runRounds(firstSeed, limitMs, (line) => console.error(line))) {
    console.log(renderRound(round));
    if (round.violations.length === 0) continue;
    console.log(round.violations.join('\n'));
    console.log(`again, from an empty world: npm run soak -- --hours 0.02 --seed ${round.seed}`);
    return 1;
  }
  return 0;
}
