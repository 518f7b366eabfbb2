import { expect, test } from 'vitest';
import { renderRound } from '../../../../scripts/soak/render-round.ts';

test('renderRound tells a round in one line, missed events among the violations', () => {
  const line = renderRound({
    number: 3,
    seed: 44,
    profile: 'Wire',
    hours: 0.051,
    actions: 137,
    faults: 25,
    objects: 7,
    kubeRequests: 812,
    awsRequests: 1204,
    starts: 2,
    usage: { heapMiB: 31.4, residentMiB: 141.6 },
    violations: ['missed event: web was deleted and is still there', 'the world is not what the manifests say'],
  });
  expect(line).toBe(
    '0.05 h, round 3, seed 44 Wire, 137 actions, 25 faults, 7 objects, 812 kube, 1204 aws, 2 starts, ' +
      'heap 31 MiB, rss 142 MiB, missed 1, violations 2',
  );
});
