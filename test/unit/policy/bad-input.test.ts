import { expect, test } from 'vitest';
import { parseAppAccess } from '../../../src/api/parse-app-access.ts';
import { parseManifests } from '../../../src/cli/parse-manifests.ts';
import { compileAccess } from '../../../src/policy/compile-access.ts';
import { badInput, manifestText } from '../../cases/bad-input.ts';

const SETTINGS = { partition: 'aws', accountId: '111122223333', region: 'eu-west-1', clusterName: 'demo' };
const rows = badInput.filter(({ refusedBy }) => refusedBy === 'compile');

test.each(rows.map((row) => [row.title, row] as const))('compileAccess refuses: %s', (_, row) => {
  const { manifests } = parseManifests('bad.yaml', manifestText(row));
  const parsed = parseAppAccess(manifests[0]?.object, { namespace: 'default' });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  const answer = compileAccess(parsed.appAccess, SETTINGS);
  expect(answer.ok ? [] : answer.problems).toMatchObject([
    { path: row.path, problem: expect.stringContaining(row.message) },
  ]);
});
