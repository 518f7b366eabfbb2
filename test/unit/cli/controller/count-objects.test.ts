import { expect, test } from 'vitest';
import type { AppAccess } from '../../../../src/api/app-access.ts';
import { silentLogger } from '../../../../src/base/logger.ts';
import { countObjects } from '../../../../src/cli/controller/count-objects.ts';
import { Store } from '../../../../src/runtime/store.ts';

/** `ready` is the status of the condition Ready and its reason; absent: no status at all. */
function appAccess(key: string, ready?: readonly [status: string, reason: string]): AppAccess {
  const [namespace = '', name = ''] = key.split('/');
  const conditions = ready && [
    { type: 'Reconciling', status: 'False', reason: 'Succeeded' },
    { type: 'Ready', status: ready[0], reason: ready[1] },
  ];
  return { metadata: { namespace, name, uid: key, resourceVersion: '1' }, status: { conditions } } as AppAccess;
}

function countsOf(...objects: readonly AppAccess[]) {
  const store = new Store<AppAccess, 'namespace'>(silentLogger, { namespace: ({ metadata }) => [metadata.namespace] });
  store.replace(objects);
  return countObjects(store);
}

test('objects of one namespace that share status and reason of Ready are one count', () => {
  const counts = countsOf(
    appAccess('a/1', ['True', 'Succeeded']),
    appAccess('a/2', ['False', 'SubjectTaken']),
    appAccess('b/1', ['True', 'Succeeded']),
    appAccess('a/3', ['True', 'Succeeded']),
    appAccess('a/4', ['False', 'PolicyInvalid']),
  );
  expect(counts).toEqual([
    { namespace: 'a', ready: 'True', reason: 'Succeeded', count: 2 },
    { namespace: 'a', ready: 'False', reason: 'SubjectTaken', count: 1 },
    { namespace: 'a', ready: 'False', reason: 'PolicyInvalid', count: 1 },
    { namespace: 'b', ready: 'True', reason: 'Succeeded', count: 1 },
  ]);
});

test('an object that no pass has reported on is unknown, without a reason', () => {
  const { metadata } = appAccess('a/1');
  const counts = countsOf({ metadata } as AppAccess, appAccess('a/2'));
  expect(counts).toEqual([{ namespace: 'a', ready: 'Unknown', reason: '', count: 2 }]);
});
