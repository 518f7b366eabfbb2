import fc from 'fast-check';
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

test('another uid is another object, at the same version too', () => {
  const { store, changes } = newStore([widget('a', '1')]);
  store.set(widget('a', '1', 'uid-other'));
  store.replace([widget('a', '1')]);
  expect(changes.map(({ kind }) => kind)).toEqual(['Deleted', 'Added', 'Deleted', 'Added']);
});

test('an object read again at the same version is the one held before, so that no second copy is kept', () => {
  const held = widget('a', '1');
  const { store } = newStore([held]);
  store.set(widget('a', '1'));
  store.replace([widget('a', '1')]);
  expect(store.get('team/a')).toBe(held);
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

test('listBy follows an object to another uid and through a relist that changed nothing else', () => {
  const store = new Store<WatchedObject, 'uid'>(silentLogger, { uid: ({ metadata }) => [metadata.uid ?? ''] });
  const found = (uid: string) => store.listBy('uid', uid).map(({ metadata }) => metadata.resourceVersion);
  store.replace([widget('a', '1'), widget('b', '2')]);
  store.set(widget('a', '3', 'uid-new'));
  expect([found('uid-a'), found('uid-new'), found('uid-b')]).toEqual([[], ['3'], ['2']]);
  store.replace([widget('a', '5', 'uid-newer'), widget('b', '2')]);
  expect([found('uid-new'), found('uid-newer'), found('uid-b')]).toEqual([[], ['5'], ['2']]);
  store.delete('team/b');
  expect(found('uid-b')).toEqual([]);
});

test('a look-up in an index looks at the objects it finds and at no other', () => {
  let looks = 0;
  const valuesOf = ({ metadata }: WatchedObject) => {
    looks += 1;
    return [metadata.uid ?? ''];
  };
  const store = new Store<WatchedObject, 'uid'>(silentLogger, { uid: valuesOf });
  store.replace(Array.from({ length: 1_000 }, (_, index) => widget(`app-${index}`, '1')));
  looks = 0;
  expect(store.listBy('uid', 'uid-app-7').map(({ metadata }) => metadata.name)).toEqual(['app-7']);
  expect(looks).toBe(0);
});

test('whatever comes, an index finds just what a search through all objects finds', () => {
  const team = fc.constantFrom('red', 'blue', 'green');
  const one = fc.record({ name: fc.constantFrom('a', 'b', 'c'), uid: fc.nat(1), teams: fc.uniqueArray(team) });
  const steps = fc.oneof(
    one.map((object) => ({ kind: 'set' as const, object })),
    fc.constantFrom('a', 'b', 'c').map((name) => ({ kind: 'delete' as const, name })),
    fc.uniqueArray(one, { selector: ({ name }) => name }).map((objects) => ({ kind: 'replace' as const, objects })),
  );
  fc.assert(
    fc.property(fc.array(steps, { size: 'max', maxLength: 30 }), (history) => {
      const teamsOf = ({ metadata }: WatchedObject) => Object.keys(metadata.annotations ?? {});
      const store = new Store<WatchedObject, 'team'>(silentLogger, { team: teamsOf });
      let version = 0;
      const made = ({ name, uid, teams }: { name: string; uid: number; teams: readonly string[] }): WatchedObject => {
        version += 1;
        const annotations = Object.fromEntries(teams.map((value) => [value, '']));
        return { metadata: { ...widget(name, String(version), String(uid)).metadata, annotations } };
      };
      for (const step of history) {
        if (step.kind === 'set') store.set(made(step.object));
        else if (step.kind === 'delete') store.delete(`team/${step.name}`);
        else store.replace(step.objects.map(made));
        for (const value of ['red', 'blue', 'green']) {
          const searched = store.list().filter((object) => teamsOf(object).includes(value));
          expect(new Set(store.listBy('team', value))).toEqual(new Set(searched));
        }
        expect([...store.indexValues('team')].sort()).toEqual([...new Set(store.list().flatMap(teamsOf))].sort());
      }
    }),
  );
});

test('an object that an index does not understand is logged, held and told of, and is missing in that index alone', () => {
  const errors: unknown[] = [];
  const log: Logger = { ...silentLogger, error: (message, { key, index } = {}) => errors.push([message, key, index]) };
  const namedBy = ({ metadata }: WatchedObject) => [metadata.annotations?.owner ?? ''];
  const strict = ({ metadata }: WatchedObject) => {
    if (metadata.annotations === undefined) throw new TypeError('no annotations');
    return [metadata.annotations.owner ?? ''];
  };
  const store = new Store<WatchedObject, 'strict' | 'lenient'>(log, { strict, lenient: namedBy });
  const told: string[] = [];
  store.subscribe(({ kind, key }) => told.push(`${kind} ${key}`));
  const good: WatchedObject = { metadata: { ...widget('good', '2').metadata, annotations: { owner: 'me' } } };
  store.replace([widget('odd', '1'), good]);
  store.delete('team/odd');
  store.set(widget('odd', '3'));
  expect(told).toEqual(['Added team/odd', 'Added team/good', 'Deleted team/odd', 'Added team/odd']);
  expect([store.listBy('strict', 'me'), store.listBy('strict', ''), store.listBy('lenient', '')]).toEqual([
    [good],
    [],
    [widget('odd', '3')],
  ]);
  expect(errors[0]).toEqual(['index failed, the object is not in it', 'team/odd', 'strict']);
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
