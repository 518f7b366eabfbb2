/**
 * What is done to many objects, one after another. `Create`: all at once, until all are Ready. `Restart`: a new controller
 * over what is in sync, until it is quiet. `Recheck`: its next resync, until it is quiet. `Edit`: a new controller, and
 * edits while it goes over all objects. `Delete`: all at once, until all are gone. `TakeOverAfterStop`, `TakeOverAfterKill`:
 * a standby beside the controller, which then stops or is killed, until the standby works.
 */
export type Phase = 'Create' | 'Restart' | 'Recheck' | 'Edit' | 'Delete' | 'TakeOverAfterStop' | 'TakeOverAfterKill';

/** Many AppAccess objects, each a Lambda role with one grant. */
export interface FleetScenario {
  readonly kind: 'Fleet';
  readonly name: string;
  readonly objects: number;
  readonly phases: readonly Phase[];
  /** The embedded Kubernetes API, or a real kube-apiserver with etcd; AWS is embedded. */
  readonly kubernetes: 'Embedded' | 'Real';
  /** Requests that the embedded IAM takes, as a token bucket; absent: as many as come. */
  readonly iam?: { readonly requestsPerSecond: number; readonly burst: number };
  /** `--aws-requests-per-second` of the controller; 0 sets no limit. */
  readonly budget: number;
  /** `--sweep-interval` from `Restart` on, longer than that takes; the controller's own default otherwise. */
  readonly sweepIntervalSeconds?: number;
  /** One edit each so many milliseconds. An edit takes about six calls of AWS. */
  readonly editEveryMs: number;
  readonly runs: number;
}

/** A process of the command line, until it ends or has done its first work. */
export interface CommandScenario {
  readonly kind: 'Compile' | 'Start';
  readonly name: string;
  readonly runs: number;
}

export type Scenario = FleetScenario | CommandScenario;

/** Added to each call of AWS. */
export const AWS_LATENCY_MS = 20;

const WHOLE_LIFE: readonly Phase[] = ['Create', 'Restart', 'Recheck', 'Edit', 'Delete'];
/** A bucket that holds half a second: whoever sends a second's worth at once is throttled. */
const IAM = { requestsPerSecond: 20, burst: 10 };

/** What `npm run bench` runs, in this order. */
export const scenarios: readonly Scenario[] = [
  { kind: 'Compile', name: 'compile', runs: 10 },
  { kind: 'Start', name: 'start', runs: 3 },
  fleet('200', { objects: 200, phases: WHOLE_LIFE, sweepIntervalSeconds: 8, runs: 2 }),
  fleet('1000', { objects: 1000, phases: WHOLE_LIFE, sweepIntervalSeconds: 20, runs: 2 }),
  fleet('10000', { objects: 10_000, phases: ['Create', 'Edit'] }),
  fleet('100-at-20', { objects: 100, phases: ['Create'], iam: IAM, budget: 20 }),
  fleet('100-at-20-unaware', { objects: 100, phases: ['Create'], iam: IAM }),
  fleet('200-at-20', { objects: 200, phases: ['Create', 'Edit', 'Delete'], iam: IAM, budget: 20, editEveryMs: 1000 }),
  fleet('1000-at-20', { objects: 1000, phases: ['Create'], iam: IAM, budget: 20 }),
  fleet('10000-real', {
    objects: 10_000,
    phases: ['Create', 'Restart', 'Recheck', 'Edit', 'TakeOverAfterStop', 'TakeOverAfterKill'],
    kubernetes: 'Real',
    sweepIntervalSeconds: 150,
  }),
];

/** One small fleet through all phases, and each command once: whether the bench itself still works. */
export const quickScenarios: readonly Scenario[] = [
  { kind: 'Compile', name: 'compile', runs: 1 },
  { kind: 'Start', name: 'start', runs: 1 },
  fleet('quick', { objects: 20, phases: WHOLE_LIFE, sweepIntervalSeconds: 2 }),
  fleet('quick-limited', { objects: 10, phases: ['Create'], iam: IAM, budget: 20 }),
];

function fleet(
  name: string,
  scenario: Partial<FleetScenario> & Pick<FleetScenario, 'objects' | 'phases'>,
): FleetScenario {
  return { kind: 'Fleet', name, kubernetes: 'Embedded', budget: 0, editEveryMs: 50, runs: 1, ...scenario };
}
