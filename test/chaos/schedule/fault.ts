import fc from 'fast-check';
import type { ProxyFault, StormStatus } from '../../support/fault-proxy/proxy-fault.ts';

/** What goes wrong around the controller. Plain data. */
export type Fault =
  /** Between the controller and the API server, for a time. */
  | { readonly kind: 'Kubernetes'; readonly fault: ProxyFault; readonly forMs: number }
  /** Between the controller and AWS, for a time. */
  | { readonly kind: 'Aws'; readonly fault: ProxyFault; readonly forMs: number }
  /** The controller is killed by SIGKILL and started again. */
  | { readonly kind: 'Kill' }
  /** The controller stands still by SIGSTOP, for a time. */
  | { readonly kind: 'Halt'; readonly forMs: number }
  /**
   * The API server is killed and started again, after the controller's watches stood still for `blindMs`: what happened in
   * that time the new server does not remember. `compact`: etcd forgets all old versions too.
   */
  | { readonly kind: 'RestartApiServer'; readonly compact: boolean; readonly blindMs: number };

/** `Wire`: all that a process must live through without an end. `Process`: its own end, and some of the other. */
export type FaultProfile = 'Wire' | 'Process';

const forMs = fc.constantFrom(500, 1_500, 3_000, 6_000);
const share = fc.constantFrom(0.2, 0.6, 1);
const of = <K extends string>(kind: K) => fc.constant(kind);

const watchFaults: readonly fc.Arbitrary<ProxyFault>[] = [
  fc.constant({ kind: 'ResetWatches' }),
  fc.record({ kind: of('TruncateWatches'), clean: fc.boolean() }),
  fc.record({ kind: of('FailWatches'), code: fc.constantFrom(410, 500, 504) }),
  fc.constant({ kind: 'StallWatches' }),
  fc.record({ kind: of('DelayWatches'), delayMs: fc.constantFrom(50, 400, 2_000) }),
];
const freeze = fc.record({ kind: of('Freeze'), thenClose: fc.boolean() });
const loseAnswers = fc.record({ kind: of('LoseAnswers'), share });
const storm = (...statuses: readonly StormStatus[]) =>
  fc.record({ kind: of('Storm'), status: fc.constantFrom(...statuses), share });

const kubernetes = (fault: fc.Arbitrary<ProxyFault>) => fc.record({ kind: of('Kubernetes'), fault, forMs });
const aws = (fault: fc.Arbitrary<ProxyFault>) => fc.record({ kind: of('Aws'), fault, forMs });
const kill = fc.constant({ kind: 'Kill' } as const);
const halt = fc.record({ kind: of('Halt'), forMs });
const restartApiServer = fc.record({
  kind: of('RestartApiServer'),
  compact: fc.boolean(),
  blindMs: fc.constantFrom(2_000, 4_000),
});

/** Each is dealt once before any comes again, so that no run of a minute leaves one out. */
export const DECKS: Readonly<Record<FaultProfile, readonly fc.Arbitrary<Fault>[]>> = {
  Wire: [
    ...watchFaults.map(kubernetes),
    kubernetes(freeze),
    kubernetes(loseAnswers),
    kubernetes(storm(410, 500)),
    kubernetes(storm(429, 503)),
    aws(freeze),
    aws(loseAnswers),
    aws(storm(429, 500, 503)),
    restartApiServer,
  ],
  Process: [
    ...[kill, kill, kill, kill, kill, kill, halt, halt],
    kubernetes(loseAnswers),
    kubernetes(storm(429, 500, 503)),
    aws(loseAnswers),
    aws(freeze),
  ],
};
