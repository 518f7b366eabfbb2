import type { Queue, QueueAddOptions } from 'p-queue';

type Run = () => Promise<unknown>;

/** What an entry brings along: its priority, asked again whenever an entry is chosen. */
export interface LivePriority extends QueueAddOptions {
  readonly currentPriority: () => number;
}

interface Entry {
  readonly run: Run;
  readonly id: string | undefined;
  readonly priority: () => number;
}

/**
 * Queue for p-queue that hands out the entry whose priority is the highest at that moment, of equals the oldest: p-queue's
 * own takes the priority that an entry had when it came. Choosing one looks at all; there are at most as many as the
 * passes that run ask at once.
 */
export class LivePriorityQueue implements Queue<Run, LivePriority> {
  #entries: readonly Entry[] = [];

  get size(): number {
    return this.#entries.length;
  }

  enqueue(run: Run, { id, currentPriority = () => 0 }: Partial<LivePriority> = {}): void {
    this.#entries = [...this.#entries, { run, id, priority: currentPriority }];
  }

  dequeue(): Run | undefined {
    let best: { readonly entry: Entry; readonly priority: number } | undefined;
    for (const entry of this.#entries) {
      const priority = entry.priority();
      if (best === undefined || priority > best.priority) best = { entry, priority };
    }
    this.#entries = this.#entries.filter((entry) => entry !== best?.entry);
    return best?.entry.run;
  }

  remove(id: string): void {
    this.#entries = this.#entries.filter((entry) => entry.id !== id);
  }

  /** p-queue has it to count; entries here have no fixed priority to count by. */
  filter(): Run[] {
    return this.#entries.map(({ run }) => run);
  }

  setPriority(): void {
    throw new Error('the priority of an entry is what its currentPriority returns');
  }
}
