import { describe, expect, test } from 'vitest';
import type { AppAccess } from '../../../src/api/app-access.ts';
import { claimsOf, rivalsAmong, serviceAccountClaim } from '../../../src/plan/claims.ts';
import { ACCOUNT, appAccess } from '../../support/builders.ts';

const SETTINGS = { partition: 'aws', accountId: ACCOUNT, region: 'eu-west-1', clusterName: 'demo' };
const APPLIED = { applied: { digest: 'd', generation: 1 } };

function forAccount(name: string, account: string, change: Parameters<typeof appAccess>[0] = {}): AppAccess {
  const metadata = { name, creationTimestamp: '2026-01-01T00:00:00Z', ...change.metadata };
  const spec = { subject: { serviceAccount: { name: account } }, role: { name: `role-${name}` }, ...change.spec };
  return appAccess({ ...change, metadata, spec });
}

describe('claimsOf', () => {
  test('names the role without case and the service account with its namespace', () => {
    const object = forAccount('a', 'web', { spec: { role: { name: 'Web' } } });
    expect(claimsOf(object, SETTINGS)).toEqual(['role/web', serviceAccountClaim('billing/web')]);
  });

  test('keeps the service account that status names until another was applied', () => {
    const moving = forAccount('a', 'two', { status: { ...APPLIED, subject: 'serviceaccount/one' } });
    expect(claimsOf(moving, SETTINGS)).toContain(serviceAccountClaim('billing/one'));
    const neverApplied = forAccount('a', 'two', { status: { subject: 'serviceaccount/one' } });
    expect(claimsOf(neverApplied, SETTINGS)).not.toContain(serviceAccountClaim('billing/one'));
  });

  test('claims nothing for an object that has no spec', () => {
    expect(claimsOf({ ...appAccess(), spec: undefined } as unknown as AppAccess, SETTINGS)).toEqual([]);
  });
});

describe('rivalsAmong', () => {
  const object = forAccount('m', 'web');

  test('leaves out the object itself and those that claim something else', () => {
    const elsewhere = forAccount('a', 'web', { metadata: { namespace: 'other' } });
    expect(rivalsAmong(object, [object, forAccount('b', 'other'), elsewhere], SETTINGS)).toEqual([]);
  });

  test('lets the older one go first, and within one second the first by name', () => {
    const older = forAccount('z', 'web', { metadata: { creationTimestamp: '2025-12-31T23:59:59Z' } });
    const rivals = rivalsAmong(object, [older, forAccount('a', 'web'), forAccount('x', 'web')], SETTINGS);
    expect(rivals.map(({ name, goesFirst }) => [name, goesFirst])).toEqual([
      ['z', true],
      ['a', true],
      ['x', false],
    ]);
  });

  test('lets nobody go first who is going or only still has what he wants no more', () => {
    const going = forAccount('a', 'web', { metadata: { deletionTimestamp: '2026-01-02T00:00:00Z' } });
    const moving = forAccount('b', 'other', { status: { ...APPLIED, subject: 'serviceaccount/web' } });
    expect(rivalsAmong(object, [going, moving], SETTINGS)).toMatchObject([
      { name: 'a', goesFirst: false, claims: ['ServiceAccount'] },
      { name: 'b', goesFirst: false, claims: ['ServiceAccount'] },
    ]);
  });
});
