import fc from 'fast-check';
import type { ProxyFault, StormStatus } from '../../support/fault-proxy/proxy-fault.ts';

/** What goes wrong around the controllers. Plain data. */
export type Fault =
  /** Between controllers and the API server, for a time; every controller when no target is named. */
  | { readonly kind: 'Kubernetes'; readonly target?: Target; readonly fault: ProxyFault; readonly forMs: number }
  /** Between controllers and AWS, likewise. */
  | { readonly kind: 'Aws'; readonly target?: Target; readonly fault: ProxyFault; readonly forMs: number }
  /** SIGKILL, after which the controller is started again. */
  | { readonly kind: 'Kill'; readonly target: Target }
  /** SIGSTOP, for a time. */
  | { readonly kind: 'Halt'; readonly target: Target; readonly forMs: number }
  /** The event loop hangs in a loop of its own, for as long as the replica was told at its start. */
  | { readonly kind: 'Block'; readonly target: Target }
  /** The standby's watches stand still, then the leader is killed; the standby sees again `forMs` later. */
  | { readonly kind: 'BlindTakeover'; readonly forMs: number }
  /**
   * The API server is killed and started again, after the controllers' watches stood still for `blindMs`: what happened in
   * that time the new server does not remember. `compact`: etcd forgets all old versions too.
   */
  | { readonly kind: 'RestartApiServer'; readonly compact: boolean; readonly blindMs: number };

/** Who it happens to; a controller that is alone is its own leader and standby. */
export type Target = 'Leader' | 'Standby';

/**
 * `Wire`: all that a process must live through without an end. `Process`: its own end, and some of the other. `Replicas`:
 * what takes the lease from a leader of two. `Lasting`: what leaves two replicas alive and the lease with its leader.
 */
export type DeckName = 'Wire' | 'Process' | 'Replicas' | 'Lasting';

const forMs = fc.constantFrom(500, 1_500, 3_000, 6_000);
/** Longer than the lease of two replicas. */
export const PAST_LEASE_MS = 8_000;
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

/** So short that a leader can still renew the lease of two replicas in time. */
const brieflyMs = [500, 1_000];
const briefly = (fault: fc.Arbitrary<ProxyFault>) =>
  fc.record({ kind: of('Kubernetes'), fault, forMs: fc.constantFrom(...brieflyMs) });
const kubernetes = (fault: fc.Arbitrary<ProxyFault>) => fc.record({ kind: of('Kubernetes'), fault, forMs });
const aws = (fault: fc.Arbitrary<ProxyFault>) => fc.record({ kind: of('Aws'), fault, forMs });
const kill = (target: Target) => fc.constant({ kind: 'Kill', target } as const);
const halt = (...times: readonly number[]) =>
  fc.record({ kind: of('Halt'), target: of('Leader'), forMs: fc.constantFrom(...times) });
const leaderAlone = (fault: fc.Arbitrary<ProxyFault>) =>
  fc.record({ kind: of('Kubernetes'), target: of('Leader'), fault, forMs: fc.constant(PAST_LEASE_MS) });
const restartApiServer = fc.record({
  kind: of('RestartApiServer'),
  compact: fc.boolean(),
  blindMs: fc.constantFrom(2_000, 4_000),
});

/** Each is dealt once before any comes again, so that no run of a minute leaves one out. */
export const DECKS: Readonly<Record<DeckName, readonly fc.Arbitrary<Fault>[]>> = {
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
    ...Array.from({ length: 6 }, () => kill('Leader')),
    ...Array.from({ length: 2 }, () => halt(500, 1_500, 6_000)),
    kubernetes(loseAnswers),
    kubernetes(storm(429, 500, 503)),
    aws(loseAnswers),
    aws(freeze),
  ],
  Replicas: [
    kill('Leader'),
    kill('Standby'),
    halt(PAST_LEASE_MS),
    halt(PAST_LEASE_MS),
    fc.constant({ kind: 'Block', target: 'Leader' }),
    fc.constant({ kind: 'Block', target: 'Leader' }),
    leaderAlone(freeze),
    fc.constant({ kind: 'BlindTakeover', forMs: PAST_LEASE_MS }),
    aws(loseAnswers),
  ],
  Lasting: [
    ...watchFaults.map(kubernetes), // the lease is renewed beside the watches
    briefly(freeze),
    briefly(loseAnswers),
    briefly(storm(410, 500)),
    briefly(storm(429, 503)),
    aws(freeze),
    aws(loseAnswers),
    aws(storm(429, 500, 503)),
    halt(...brieflyMs),
  ],
};
