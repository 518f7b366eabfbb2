import { expect, test } from 'vitest';
import { leaseViolations } from '../../chaos/run/lease-violations.ts';

const LEASE = [
  { replica: 'a', atMs: 1_000, holder: 'a_1' },
  { replica: 'a', atMs: 2_000, holder: 'a_1' },
  { replica: 'b', atMs: 8_000, holder: 'b_1' },
  { replica: 'b', atMs: 9_000, holder: '' },
];

test.each([
  ['a', 5_900, []],
  ['b', 8_500, []],
  ['a', 6_500, ['a sent CreateRole 4500 ms after its last renewal']],
  ['a', 8_400, ['a sent CreateRole 400 ms after b took over']],
  ['b', 7_000, ['b sent CreateRole and never held the lease before']],
  ['b', 9_400, ['b sent CreateRole 400 ms after it gave the lease up']],
])('a write of %s at %i ms under a lease of 4 s is judged by who led then', (replica, atMs, expected) => {
  expect(
    leaseViolations(LEASE, [{ replica, what: 'CreateRole', atMs }], { renewDeadlineMs: 4_000, slackMs: 150 }),
  ).toEqual(expected);
});
