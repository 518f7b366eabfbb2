import { load } from 'js-yaml';
import { describe, expect, test } from 'vitest';
import { parseAppAccess } from '../../../src/api/parse-app-access.ts';
import { compileAccess } from '../../../src/policy/compile-access.ts';
import { badInput, manifestText } from '../../cases/bad-input.ts';

const settings = { partition: 'aws', accountId: '111122223333', region: 'eu-west-1', clusterName: 'main' };

describe('compileAccess refuses with the field and the remedy', () => {
  const rows = badInput.filter(({ refusedBy }) => refusedBy === 'compile');
  test.each(rows.map((row) => [row.title, row] as const))('%s', (_title, row) => {
    const parsed = parseAppAccess(load(manifestText(row)), { namespace: 'default' });
    expect(parsed.ok && compileAccess(parsed.appAccess, settings)).toEqual({
      ok: false,
      problems: [{ path: row.path, problem: expect.stringContaining(row.message) }],
    });
  });
});

test('every row of bad input has a title of its own', () => {
  const titles = badInput.map(({ title }) => title);
  expect(titles.filter((title, index) => titles.indexOf(title) !== index)).toEqual([]);
});
