import { randomUUID } from 'node:crypto';
import type { Clock } from '../../base/clock.ts';
import type { Logger } from '../../base/logger.ts';
import type { KubeClient } from '../../kube/kube-client.ts';
import { createLeaseLock } from '../../kube/lease-lock.ts';
import { type Leadership, soleLeader } from '../../runtime/leadership.ts';
import { LeaseElection, leaseTiming } from '../../runtime/lease-election.ts';
import { kubeRemedy } from './kube-remedy.ts';
import { LEASES } from './resource-paths.ts';

/** The lock that replicas share. */
export interface LeaseSettings {
  readonly namespace: string;
  /** How long the others leave a leader alone that is not heard of any more. */
  readonly durationMs: number;
}

/** Name of the Lease object, and of the election in metrics. */
export const LEASE_NAME = 'appaccess-controller';

/** The leadership that replicas share by a Lease; without `lease`, that of a controller which has no other replica. */
export function createLeadership(options: {
  readonly lease: LeaseSettings | undefined;
  readonly client: KubeClient;
  /** Which replica, for people; a random part is added, so that a restart is another one. */
  readonly instance: string;
  readonly clock: Clock;
  readonly log: Logger;
}): Leadership {
  const { lease, client, instance, clock, log } = options;
  if (lease === undefined) return soleLeader;
  return new LeaseElection({
    store: createLeaseLock(client, { namespace: lease.namespace, name: LEASE_NAME }),
    identity: `${instance}_${randomUUID()}`,
    timing: leaseTiming(lease.durationMs),
    clock,
    random: Math.random,
    log: log.child({ lease: `${lease.namespace}/${LEASE_NAME}` }),
    remedyOf: (error) => kubeRemedy(error, { ...LEASES, namespace: lease.namespace }, 'get, create and update'),
  });
}
