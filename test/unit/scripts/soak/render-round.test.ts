import { expect, test } from 'vitest';
import { renderRound } from '../../../../scripts/soak/render-round.ts';
import { aRound } from './a-round.ts';

test('renderRound tells a round in one line, missed events among the violations', () => {
  const violations = [
    'missed event: web was deleted and is still there',
    'replica-a sent CreateRole 400 ms after replica-b took over',
  ];
  expect(renderRound(aRound({ violations }))).toBe(
    '0.05 h, round 3, seed 44 All, 137 actions, 25 faults, 4 takeovers, 7 objects, 812 kube, 1204 aws, ' +
      'replica-a leads start 2 age 1 live 21.4 rss 142 MiB, replica-b waits start 5 age 3 live 19.5 rss 130 MiB, ' +
      'missed 1, violations 2',
  );
});
