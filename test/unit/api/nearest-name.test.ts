import { expect, test } from 'vitest';
import { nearestName } from '../../../src/api/nearest-name.ts';

test.each([
  ['Wirte', ['Read', 'Write'], 'Write'],
  ['BUCKET', ['bucket', 'prefix'], 'bucket'],
  ['accces', ['actions', 'access'], 'access'],
  ['principal', ['effect', 'actions'], undefined],
  ['a', ['ec2', 'lambda'], undefined],
  ['x'.repeat(100_000), ['bucket'], undefined],
])('nearestName of %.10s is the name at most two letters away, if there is one', (written, names, nearest) => {
  expect(nearestName(written, names)).toBe(nearest);
});
