import { expect, test } from 'vitest';
import { VanishedObjects } from '../../../src/reconcile/vanished-objects.ts';
import { appAccess } from '../../support/builders.ts';
import { ManualClock } from '../../support/manual-clock.ts';

const KEY = 'billing/uploader';
const GUARDED = appAccess({ metadata: { finalizers: ['appaccess.dev/role'] } });

function guarding() {
  const clock = new ManualClock();
  const vanished = new VanishedObjects(clock);
  vanished.guarded(GUARDED);
  return { clock, vanished };
}

test('an object that goes right after it got our finalizer is kept as one that is being deleted', () => {
  const { vanished } = guarding();
  expect(vanished.gone(GUARDED)).toBe(true);
  const kept = vanished.get(KEY);
  expect(kept).toEqual({
    ...GUARDED,
    metadata: { ...GUARDED.metadata, deletionTimestamp: expect.stringMatching(/^\d{4}-.*Z$/) },
  });
  expect(kept !== undefined && vanished.includes(kept)).toBe(true);
  expect(vanished.includes(GUARDED)).toBe(false);
  vanished.forget(KEY);
  expect(vanished.get(KEY)).toBeUndefined();
});

test('it stays kept when it is told to be gone twice', () => {
  const { vanished } = guarding();
  vanished.gone(GUARDED);
  vanished.gone(GUARDED);
  expect(vanished.get(KEY)).toBeDefined();
});

test('an object that has had our finalizer for a minute was taken away by something else', async () => {
  const { clock, vanished } = guarding();
  await clock.advance(60_000);
  expect(vanished.gone(GUARDED)).toBe(false);
  expect(vanished.get(KEY)).toBeUndefined();
});

test.each([
  ['was being deleted', { ...GUARDED.metadata, deletionTimestamp: '2026-01-01T00:00:00Z' }],
  ['lost our finalizer', { ...GUARDED.metadata, finalizers: [] }],
  ['got our finalizer from another replica', { ...GUARDED.metadata, uid: 'uid-2' }],
])('an object that %s may go', (_, metadata) => {
  expect(guarding().vanished.gone({ ...GUARDED, metadata })).toBe(false);
});

test('when an object got our finalizer is forgotten after a minute', async () => {
  const { clock, vanished } = guarding();
  await clock.advance(59_999);
  const other = appAccess({ metadata: { name: 'other', uid: 'uid-2', finalizers: ['appaccess.dev/role'] } });
  vanished.guarded(other);
  await clock.advance(1);
  expect(vanished.gone(other)).toBe(true);
  expect(vanished.gone(GUARDED)).toBe(false);
});
