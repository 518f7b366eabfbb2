import { expect, test } from 'vitest';
import { keyOf } from '../../../src/reconcile/key-of.ts';
import { OwnVersions } from '../../../src/reconcile/own-versions.ts';
import { appAccess } from '../../support/builders.ts';

const version = (resourceVersion: string, uid = 'uid-1') => appAccess({ metadata: { resourceVersion, uid } });

test('newestOf gives what our writes left, for every version that they replaced, and no other', () => {
  const versions = new OwnVersions(() => undefined);
  versions.remember([version('1')], version('2'));
  versions.remember([version('2')], version('3'));
  expect(versions.newestOf(version('1'))).toEqual(version('3'));
  expect(versions.newestOf(version('2'))).toEqual(version('3'));
  expect(versions.newestOf(version('4'))).toEqual(version('4'));
});

test('newestOf knows a namesake made since from the object that we wrote', () => {
  const versions = new OwnVersions(() => undefined);
  versions.remember([version('1')], version('2'));
  expect(versions.newestOf(version('1', 'uid-2'))).toEqual(version('1', 'uid-2'));
});

test('an object is kept only until the store shows it as our write left it, whichever of the two comes first', () => {
  const shown = new Map<string, string>();
  const versions = new OwnVersions((key) => shown.get(key));
  versions.remember([version('1')], version('2'));
  versions.shown(version('1'));
  expect(versions.size).toBe(1);
  versions.shown(version('2'));
  expect(versions.size).toBe(0);
  shown.set(keyOf(version('3')), '3');
  versions.remember([version('2')], version('3'));
  expect(versions.size).toBe(0);
});

test('a write that the store shows already takes the place of the one before', () => {
  const shown = new Map<string, string>();
  const versions = new OwnVersions((key) => shown.get(key));
  versions.remember([version('1')], version('2'));
  shown.set(keyOf(version('3')), '3');
  versions.remember([version('2')], version('3'));
  expect([versions.size, versions.newestOf(version('3'))]).toEqual([0, version('3')]);
});
