import { expect, test } from 'vitest';
import { type Logger, silentLogger } from '../../../src/base/logger.ts';
import { Store, type StoreChange } from '../../../src/runtime/store.ts';
import type { WatchedObject } from '../../../src/runtime/watched-object.ts';

function widget(name: string, resourceVersion: string, uid = `uid-${name}`): WatchedObject {
  return { metadata: { namespace: 'team', name, uid, resourceVersion } };
}

function newStore(objects: readonly WatchedObject[] = [], log: Logger = silentLogger) {
  const store = new Store<WatchedObject>(log, {});
  store.replace(objects);
  const changes: StoreChange<WatchedObject>[] = [];
  store.subscribe((change) => changes.push(change));
  return { store, changes };
}

test('replace tells of what went, what is new and what has another version, and of nothing else', () => {
  const { store, changes } = newStore([widget('same', '1'), widget('old', '2'), widget('gone', '3')]);
  store.replace([widget('same', '1'), widget('old', '4'), widget('new', '5')]);
  expect(changes).toEqual([
    { kind: 'Deleted', key: 'team/gone', old: widget('gone', '3') },
    { kind: 'Updated', key: 'team/old', old: widget('old', '2'), object: widget('old', '4') },
    { kind: 'Added', key: 'team/new', object: widget('new', '5') },
  ]);
});

test('a listener that reads the store during a replace sees all of it', () => {
  const { store } = newStore([widget('a', '1')]);
  const seen: (readonly string[])[] = [];
  store.subscribe(() => seen.push(store.keys()));
  store.replace([widget('b', '2'), widget('c', '3')]);
  expect(seen).toEqual([
    ['team/b', 'team/c'],
    ['team/b', 'team/c'],
    ['team/b', 'team/c'],
  ]);
});

test('an object of the same name with another uid is told as deleted and added', () => {
  const { store, changes } = newStore([widget('a', '1')]);
  store.set(widget('a', '2', 'uid-other'));
  expect(changes).toEqual([
    { kind: 'Deleted', key: 'team/a', old: widget('a', '1') },
    { kind: 'Added', key: 'team/a', object: widget('a', '2', 'uid-other') },
  ]);
});

test('the same version again and the deletion of what is not there are no changes', () => {
  const { store, changes } = newStore([widget('a', '1')]);
  store.set(widget('a', '1'));
  store.delete('team/unknown');
  expect(changes).toEqual([]);
});

test('a listener that throws is logged and keeps no other from being told', () => {
  const errors: unknown[] = [];
  const bug = new Error('bug');
  const { store } = newStore([], { ...silentLogger, error: (message, fields) => errors.push([message, fields]) });
  store.subscribe(() => {
    throw bug;
  });
  const told: string[] = [];
  store.subscribe(({ key }) => told.push(key));
  store.set(widget('a', '1'));
  expect({ told, errors }).toEqual({
    told: ['team/a'],
    errors: [['store listener failed', { key: 'team/a', change: 'Added', error: bug }]],
  });
});

test('a listener that has unsubscribed is told no more', () => {
  const { store } = newStore();
  const told: string[] = [];
  store.subscribe(({ key }) => told.push(key))();
  store.set(widget('a', '1'));
  expect(told).toEqual([]);
});

test('listBy finds objects by every value they have, and by none that they had before', () => {
  const colours = ({ metadata }: WatchedObject) => Object.values(metadata.annotations ?? {});
  const store = new Store<WatchedObject, 'colour'>(silentLogger, { colour: colours });
  const painted = (name: string, version: string, ...values: string[]): WatchedObject => ({
    metadata: { ...widget(name, version).metadata, annotations: Object.fromEntries(values.entries()) },
  });
  const named = (colour: string) => store.listBy('colour', colour).map(({ metadata }) => metadata.name);
  store.replace([painted('a', '1', 'red', 'blue'), painted('b', '2', 'red')]);
  expect([named('red'), named('blue'), named('green')]).toEqual([['a', 'b'], ['a'], []]);
  store.set(painted('a', '3', 'green'));
  store.set(painted('c', '4', 'blue'));
  store.delete('team/b');
  expect([named('red'), named('blue'), named('green')]).toEqual([[], ['c'], ['a']]);
  store.replace([painted('b', '5', 'red')]);
  expect([named('red'), named('blue'), named('green')]).toEqual([['b'], [], []]);
});

test('a listener that asks an index finds the change it is told of', () => {
  const store = new Store<WatchedObject, 'version'>(silentLogger, {
    version: ({ metadata }) => [metadata.resourceVersion ?? ''],
  });
  const found: number[] = [];
  store.subscribe(() => found.push(store.listBy('version', '1').length));
  store.set(widget('a', '1'));
  store.set(widget('a', '2'));
  store.replace([widget('a', '1')]);
  expect(found).toEqual([1, 0, 1]);
});
