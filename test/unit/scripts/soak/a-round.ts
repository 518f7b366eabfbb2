import type { Round } from '../../../../scripts/soak/round.ts';

/** A round with two replicas. */
export function aRound(fields: Partial<Round>): Round {
  return {
    number: 3,
    seed: 44,
    profile: 'All',
    hours: 0.051,
    actions: 137,
    faults: 25,
    takeovers: 4,
    objects: 7,
    kubeRequests: 812,
    awsRequests: 1204,
    replicas: [
      { name: 'replica-a', leads: true, starts: 2, age: 1, liveMiB: 21.44, residentMiB: 141.6 },
      { name: 'replica-b', leads: false, starts: 5, age: 3, liveMiB: 19.5, residentMiB: 130.2 },
    ],
    violations: [],
    ...fields,
  };
}
