import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { systemClock } from '../../../src/base/clock.ts';
import { silentLogger } from '../../../src/base/logger.ts';
import { KubeApiError } from '../../../src/kube/kube-api-error.ts';
import { KubeClient, type WatchOptions } from '../../../src/kube/kube-client.ts';
import type { KubeConnection } from '../../../src/kube/kube-connection.ts';
import type { KubeObject } from '../../../src/kube/kube-object.ts';
import type { ListRequest } from '../../../src/runtime/list-pages.ts';
import { Reflector } from '../../../src/runtime/reflector.ts';
import { Store, type StoreChange } from '../../../src/runtime/store.ts';
import type { KubernetesWorld } from './contract-world.ts';

const signal = new AbortController().signal;
const NAMESPACE = 'reflector-contract';
const APP_ACCESSES = { group: 'appaccess.dev', version: 'v1alpha1', plural: 'appaccesses', namespace: NAMESPACE };
const SPEC = {
  subject: { lambda: { functionName: 'uploader' } },
  grants: [{ s3: { bucket: 'invoices', access: ['Write'] } }],
};

const REFUSAL = new KubeApiError({ status: 422, body: 'ListOptions.meta.k8s.io "" is invalid', request: 'watch' });

/** That a reflector keeps up with the API server of `world`, whichever way it lists. */
export function reflectorContract(world: KubernetesWorld): void {
  describe(`a reflector of ${world.name}`, () => {
    let connection: KubeConnection;
    let client: KubeClient;
    beforeAll(async () => {
      connection = await world.connect();
      client = new KubeClient({ connection, clock: systemClock, random: Math.random, userAgent: 'contract' });
      const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: NAMESPACE } };
      await client.create({ group: '', version: 'v1', plural: 'namespaces' }, namespace, signal);
      for (const name of ['one', 'two', 'three']) await create(name);
    });
    afterAll(async () => {
      await client.delete({ group: '', version: 'v1', plural: 'namespaces', name: NAMESPACE }, {}, signal);
      await connection.close();
    });

    test('syncs by one streaming list and follows every change on the same stream', async () => {
      const reflector = start();
      await reflector.until(({ keys }) => keys.length === 3);
      const { uid } = await create('four');
      await client.patch({ ...APP_ACCESSES, name: 'four' }, { spec: { suspend: true } }, 'merge', signal);
      await client.delete({ ...APP_ACCESSES, name: 'four' }, {}, signal);
      await reflector.until(({ told }) => told.at(-1)?.kind === 'Deleted');
      const later = reflector.told.slice(3).map((change) => [change.kind, change.key, objectOf(change).metadata.uid]);
      const key = `${NAMESPACE}/four`;
      expect(later).toEqual([
        ['Added', key, uid],
        ['Updated', key, uid],
        ['Deleted', key, uid],
      ]);
      expect(reflector.asked.filter((request) => 'sendInitialEvents' in request || 'limit' in request)).toEqual([
        { sendInitialEvents: true },
      ]);
      await reflector.stop();
    });

    test('syncs by pages where it cannot stream, and goes on watching from there', async () => {
      const reflector = start({ canStream: false, pageSize: 2 });
      await reflector.until(({ keys }) => keys.length === 3);
      await create('five');
      await reflector.until(({ keys }) => keys.includes(`${NAMESPACE}/five`));
      await client.delete({ ...APP_ACCESSES, name: 'five' }, {}, signal);
      await reflector.until(({ keys }) => keys.length === 3);
      await reflector.stop();
    });

    test('keeps no managed fields', async () => {
      const reflector = start();
      await reflector.until(({ keys }) => keys.length === 3);
      const kept = reflector.told.map((change) => 'managedFields' in objectOf(change).metadata);
      expect(kept).toEqual([false, false, false]);
      await reflector.stop();
    });

    async function create(name: string): Promise<KubeObject['metadata']> {
      const object = { apiVersion: 'appaccess.dev/v1alpha1', kind: 'AppAccess', metadata: { name }, spec: SPEC };
      return (await client.create(APP_ACCESSES, object, signal)).metadata;
    }

    /** Pages hold `pageSize` objects; without `canStream` a streaming list is refused, as by an older server. */
    function start({ canStream = true, pageSize = 500 } = {}) {
      const store = new Store<KubeObject>(silentLogger, {});
      const asked: (ListRequest | WatchOptions)[] = [];
      const told: StoreChange<KubeObject>[] = [];
      const waiting = new Set<() => void>();
      store.subscribe((change) => {
        told.push(change);
        for (const look of waiting) look();
      });
      const stopping = new AbortController();
      const reflector = new Reflector<KubeObject>({
        list(request, listSignal) {
          asked.push(request);
          return client.list(APP_ACCESSES, { ...request, limit: pageSize }, listSignal);
        },
        watch(request, watchSignal) {
          asked.push(request);
          if (!canStream && request.sendInitialEvents) throw REFUSAL;
          return client.watch(APP_ACCESSES, request, watchSignal);
        },
        store,
        clock: systemClock,
        log: silentLogger,
        random: Math.random,
      });
      const running = reflector.run(stopping.signal);
      const state = () => ({ keys: store.keys(), told });
      return {
        asked,
        told,
        async until(holds: (now: ReturnType<typeof state>) => boolean): Promise<void> {
          if (holds(state())) return;
          const { promise, resolve } = Promise.withResolvers<void>();
          const look = () => holds(state()) && resolve();
          waiting.add(look);
          await promise;
          waiting.delete(look);
        },
        async stop(): Promise<void> {
          stopping.abort(new Error('end of the test'));
          await running;
        },
      };
    }
  });
}

function objectOf(change: StoreChange<KubeObject>): KubeObject {
  return change.kind === 'Deleted' ? change.old : change.object;
}
