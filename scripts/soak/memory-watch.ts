/** Fewer rounds than this tell warming up from a leak no better than chance does. */
const LEAST_ROUNDS = 12;
/** What caches, compiled code and buffers on their way differ by from one round to another. */
const TOLERATED_MIB = 1.5;

/** Of a replica, at the end of a round. */
export interface MemoryAtEnd {
  readonly replica: string;
  readonly pid: number;
  readonly leads: boolean;
  readonly liveMiB: number;
}

/**
 * Watches what the processes of replicas still refer to, once a round, after each has collected its garbage. A process that
 * has lived for `LEAST_ROUNDS` leaks when all of its last quarter lies above all of its second quarter: then it grows
 * though each round asks the same of it. The first quarter does not count, in which stores and code come to be. A standby
 * that comes to lead has more to hold, so it is watched anew.
 */
export class MemoryWatch {
  readonly #lives = new Map<string, { readonly pid: number; readonly leads: boolean; readonly liveMiB: number[] }>();

  /** Takes what is at the end of a round. Returns how many ends of rounds that process has seen as what it is. */
  add({ replica, pid, leads, liveMiB }: MemoryAtEnd): number {
    const known = this.#lives.get(replica);
    const life = known?.pid === pid && known.leads === leads ? known : { pid, leads, liveMiB: [] };
    life.liveMiB.push(liveMiB);
    this.#lives.set(replica, life);
    return life.liveMiB.length;
  }

  /** In words, a replica each. */
  violations(): readonly string[] {
    return [...this.#lives].flatMap(([replica, { liveMiB }]) => {
      const growth = growthMiB(liveMiB);
      if (growth === undefined || growth <= TOLERATED_MIB) return [];
      const values = liveMiB.map((value) => value.toFixed(1)).join(' ');
      return [`${replica} leaks: its last rounds hold ${growth.toFixed(1)} MiB more than those before, of ${values}`];
    });
  }
}

/** The least of the last quarter, less the most of the second; `undefined` while there is too little to tell. */
function growthMiB(values: readonly number[]): number | undefined {
  if (values.length < LEAST_ROUNDS) return undefined;
  const quarter = Math.floor(values.length / 4);
  return Math.min(...values.slice(-quarter)) - Math.max(...values.slice(quarter, 2 * quarter));
}
