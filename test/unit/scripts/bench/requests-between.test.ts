import { expect, test } from 'vitest';
import { requestsBetween } from '../../../../scripts/bench/requests-between.ts';

test('only what came in between is counted, sorted, and what did not come is left out', () => {
  const before = {
    awsCalls: { GetRole: 2, ListRoles: 1 },
    throttled: 1,
    kubeCalls: [{ verb: 'list', resource: 'appaccesses', count: 1 }],
  };
  const after = {
    awsCalls: { PutRolePolicy: 4, GetRole: 5, ListRoles: 1 },
    throttled: 3,
    kubeCalls: [
      { verb: 'update', resource: 'appaccesses/status', count: 2 },
      { verb: 'patch', resource: 'appaccesses', count: 3 },
      { verb: 'list', resource: 'appaccesses', count: 1 },
    ],
  };
  expect(requestsBetween(before, after)).toEqual({
    awsCalls: { GetRole: 3, PutRolePolicy: 4 },
    throttled: 2,
    kubeCalls: [
      { verb: 'patch', resource: 'appaccesses', count: 3 },
      { verb: 'update', resource: 'appaccesses/status', count: 2 },
    ],
  });
});
