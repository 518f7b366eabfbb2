/** The seed of a run: `CHAOS_SEED`, else one drawn by lot. Throws when `CHAOS_SEED` is no whole number. */
export function seedOf(env: Readonly<Record<string, string | undefined>>): number {
  const given = env.CHAOS_SEED;
  if (given === undefined || given === '') return Math.floor(Math.random() * 1_000_000);
  const seed = Number(given);
  if (!Number.isSafeInteger(seed) || seed < 0) throw new Error(`CHAOS_SEED must be a whole number, not "${given}"`);
  return seed;
}

/** How to run the same again. */
export function rerunCommand(seed: number): string {
  return `CHAOS_SEED=${seed} npm run test:chaos`;
}

/** Numbers from 0 up to, not including, 1, the same for the same seed. Source: https://en.wikipedia.org/wiki/Xorshift */
export function seededRandom(seed: number): () => number {
  let state = (seed ^ 0x9e3779b9) >>> 0 || 1;
  return () => {
    state ^= state << 13;
    state >>>= 0;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return state / 2 ** 32;
  };
}
