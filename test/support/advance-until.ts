import type { EmbeddedWorld } from './embedded-world.ts';
import type { ManualClock } from './manual-clock.ts';

const STEP_MS = 1_000;
/** Far more than anything waits for, and less than the hour between two resyncs. */
const LIMIT_MS = 30 * 60_000;

/**
 * Moves `clock` on until `assertion` holds; throws what it throws when it does not within half an hour. For what takes
 * both time and answers over sockets: how much of the one passes while the other comes is nobody's promise.
 */
export async function advanceUntil(
  world: EmbeddedWorld,
  clock: ManualClock,
  assertion: () => void | Promise<void>,
): Promise<void> {
  for (let passedMs = 0; passedMs < LIMIT_MS; passedMs += STEP_MS) {
    try {
      return await assertion();
    } catch {
      await world.advance(clock, STEP_MS);
    }
  }
  await assertion();
}
