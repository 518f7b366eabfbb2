import type { Round } from './round.ts';

/** One line. */
export function renderRound(round: Round): string {
  const { heapMiB, residentMiB } = round.usage;
  const missed = round.violations.filter((violation) => violation.startsWith('missed event')).length;
  return [
    `${round.hours.toFixed(2)} h`,
    `round ${round.number}`,
    `seed ${round.seed} ${round.profile}`,
    `${round.actions} actions`,
    `${round.faults} faults`,
    `${round.objects} objects`,
    `${round.kubeRequests} kube`,
    `${round.awsRequests} aws`,
    `${round.starts} starts`,
    `heap ${heapMiB.toFixed(0)} MiB`,
    `rss ${residentMiB.toFixed(0)} MiB`,
    `missed ${missed}`,
    `violations ${round.violations.length}`,
  ].join(', ');
}
