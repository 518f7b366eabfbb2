import { expect, test } from 'vitest';
import { applyDefaults } from '../../../src/api/apply-defaults.ts';

test('applyDefaults fills in what is absent or null and then below what it filled in', () => {
  expect(applyDefaults({ spec: { suspend: null, drift: { mode: 'Report' } } })).toEqual({
    spec: { suspend: false, drift: { mode: 'Report', unmanaged: 'Remove' }, deletionPolicy: 'Delete' },
    status: { observedGeneration: -1 },
  });
});

test('applyDefaults leaves alone what is there, even where it is false, empty or of the wrong type', () => {
  const object = { spec: { suspend: true, drift: 'no', deletionPolicy: '' }, status: {} };
  expect(applyDefaults(object)).toEqual(object);
});

test('applyDefaults makes no object only to hold a default', () => {
  expect(applyDefaults({ spec: { subject: { ec2: {} } } })).toMatchObject({ spec: { subject: { ec2: {} } } });
  expect(applyDefaults({})).toEqual({ status: { observedGeneration: -1 } });
});

test('applyDefaults returns whatever is not an object as it is', () => {
  expect(applyDefaults('AppAccess')).toBe('AppAccess');
});
