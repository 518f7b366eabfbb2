import { expect, test } from 'vitest';
import { OwnVersions } from '../../../src/reconcile/own-versions.ts';
import { appAccess } from '../../support/builders.ts';

const version = (resourceVersion: string, uid = 'uid-1') => appAccess({ metadata: { resourceVersion, uid } });

test('newestOf gives what our writes left, for every version that they replaced, and no other', () => {
  const versions = new OwnVersions();
  versions.remember([version('1')], version('2'));
  versions.remember([version('2')], version('3'));
  expect(versions.newestOf(version('1'))).toEqual(version('3'));
  expect(versions.newestOf(version('2'))).toEqual(version('3'));
  expect(versions.newestOf(version('4'))).toEqual(version('4'));
});

test('newestOf knows a namesake made since from the object that we wrote', () => {
  const versions = new OwnVersions();
  versions.remember([version('1')], version('2'));
  expect(versions.newestOf(version('1', 'uid-2'))).toEqual(version('1', 'uid-2'));
});
