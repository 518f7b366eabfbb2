import type { Requests } from './bench-world.ts';

/** The requests that `after` has and `before` had not, without those of which there are none; sorted by their names. */
export function requestsBetween(before: Requests, after: Requests): Requests {
  const awsCalls = Object.entries(after.awsCalls)
    .map(([action, count]) => [action, count - (before.awsCalls[action] ?? 0)] as const)
    .filter(([, count]) => count > 0)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  const kubeCalls = after.kubeCalls
    .map((one) => {
      const same = before.kubeCalls.find(({ verb, resource }) => verb === one.verb && resource === one.resource);
      return { ...one, count: one.count - (same?.count ?? 0) };
    })
    .filter(({ count }) => count > 0)
    .sort((a, b) => (`${a.resource} ${a.verb}` < `${b.resource} ${b.verb}` ? -1 : 1));
  return { awsCalls: Object.fromEntries(awsCalls), throttled: after.throttled - before.throttled, kubeCalls };
}
