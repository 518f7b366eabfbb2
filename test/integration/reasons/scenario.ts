import type { Stage } from './stage.ts';

/** Makes one reason arise on a stage. */
export type Scenario = (stage: Stage) => Promise<unknown>;
