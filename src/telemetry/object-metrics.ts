import { Gauge, type Registry } from 'prom-client';

/** Objects of one namespace that stand alike. */
export interface ObjectCount {
  readonly namespace: string;
  /** Status of the condition Ready: `True`, `False` or `Unknown`. */
  readonly ready: string;
  /** Its reason; empty before the first report. */
  readonly reason: string;
  readonly count: number;
}

/** The gauge over all objects. They are counted at each scrape, and cost nothing in between. */
export function createObjectMetrics(registry: Registry) {
  let countObjects: () => readonly ObjectCount[] = () => [];
  new Gauge({
    name: 'appaccess_objects',
    help: 'AppAccess objects by namespace and by status and reason of their condition Ready; of the leader alone.',
    labelNames: ['namespace', 'ready', 'reason'],
    registers: [registry],
    collect() {
      this.reset();
      for (const { count, ...labels } of countObjects()) this.set(labels, count);
    },
  });
  return {
    /** From now on `count` says what is there. */
    watchObjects(count: () => readonly ObjectCount[]): void {
      countObjects = count;
    },
  };
}
