import { countMissed, type ReplicaAtEnd, type Round } from './round.ts';

/** One line. */
export function renderRound(round: Round): string {
  return [
    `${round.hours.toFixed(2)} h`,
    `round ${round.number}`,
    `seed ${round.seed} ${round.profile}`,
    `${round.actions} actions`,
    `${round.faults} faults`,
    `${round.takeovers} takeovers`,
    `${round.objects} objects`,
    `${round.kubeRequests} kube`,
    `${round.awsRequests} aws`,
    ...round.replicas.map(renderReplica),
    `missed ${countMissed(round)}`,
    `violations ${round.violations.length}`,
  ].join(', ');
}

function renderReplica({ name, leads, starts, age, liveMiB, residentMiB }: ReplicaAtEnd): string {
  const role = leads ? 'leads' : 'waits';
  return `${name} ${role} start ${starts} age ${age} live ${liveMiB.toFixed(1)} rss ${residentMiB.toFixed(0)} MiB`;
}
