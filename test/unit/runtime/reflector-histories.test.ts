import fc from 'fast-check';
import { expect, test } from 'vitest';
import { silentLogger } from '../../../src/base/logger.ts';
import { Reflector } from '../../../src/runtime/reflector.ts';
import { Store, type StoreChange } from '../../../src/runtime/store.ts';
import type { WatchedObject } from '../../../src/runtime/watched-object.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { type Change, type Fault, ModelServer } from '../../support/model-server.ts';

type Step =
  | { readonly kind: 'put' | 'remove' | 'recreate'; readonly name: string }
  | { readonly kind: 'end' | 'break' | 'expire' | 'fail' | 'forget' | 'repeat' | 'bookmark' }
  | { readonly kind: 'fault'; readonly fault: Fault }
  | { readonly kind: 'wait'; readonly ms: number };

const names = fc.constantFrom('a', 'b', 'c', 'd', 'e');
const faults: fc.Arbitrary<Fault> = fc.oneof(
  fc.record({ kind: fc.constant('Status' as const), status: fc.constantFrom(400, 410, 422, 429, 500, 503, 504) }),
  fc.record({ kind: fc.constantFrom('Break' as const, 'End' as const), after: fc.nat(3) }),
);
const steps: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constantFrom('put' as const, 'remove', 'recreate'), name: names }) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constantFrom('end' as const, 'break', 'expire', 'fail', 'forget', 'repeat', 'bookmark'),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('fault' as const), fault: faults }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('wait' as const), ms: fc.constantFrom(0, 0, 500, 5_000) }) },
);

test('whatever the server does, the store ends equal to it, and every difference was told in a valid order', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(steps, { maxLength: 80, size: 'max' }), fc.integer(), async (history, seed) => {
      const clock = new ManualClock();
      const told: StoreChange<WatchedObject>[] = [];
      const server = new ModelServer(() => told.length);
      const store = new Store<WatchedObject>(silentLogger, {});
      store.subscribe((change) => told.push(change));
      const reflector = new Reflector<WatchedObject>({
        list: (request) => server.list(request),
        watch: (request, signal) => server.watch(request, signal),
        store,
        clock,
        log: silentLogger,
        random: randomFrom(seed),
      });
      const stopping = new AbortController();
      const running = reflector.run(stopping.signal);
      for (const step of history) await take(step, server, clock);
      server.heal();
      await clock.advance(120_000);

      expect(byName(store.list())).toEqual(byName([...server.objects.values()]));
      expect(byName([...heldAfter(told).values()])).toEqual(byName(store.list()));
      expectNothingMissed(server, told);
      stopping.abort(new Error('end of the test'));
      await running;
    }),
    { numRuns: 300 },
  );
});

async function take(step: Step, server: ModelServer, clock: ManualClock): Promise<void> {
  switch (step.kind) {
    case 'put':
      return server.put(step.name);
    case 'remove':
      return server.remove(step.name);
    case 'recreate':
      server.remove(step.name);
      return server.put(step.name);
    case 'end':
      return server.endWatch('End');
    case 'break':
      return server.endWatch('Break');
    case 'expire':
      server.forget();
      return server.endWatch({ type: 'ERROR', object: { code: 410 } });
    case 'fail':
      return server.endWatch({ type: 'ERROR', object: { code: 500 } });
    case 'forget':
      return server.forget();
    case 'repeat':
      return server.repeat('Change');
    case 'bookmark':
      return server.repeat('Bookmark');
    case 'fault':
      return server.failNext(step.fault);
    case 'wait':
      return clock.advance(step.ms);
    default:
      step satisfies never;
  }
}

/** The objects that somebody holds who followed `told`; throws where an order is not valid. */
function heldAfter(told: readonly StoreChange<WatchedObject>[]): ReadonlyMap<string, WatchedObject> {
  const held = new Map<string, WatchedObject>();
  const gone = new Set<string | undefined>();
  for (const change of told) {
    if (change.kind === 'Added') {
      expect([held.has(change.key), gone.has(change.object.metadata.uid)]).toEqual([false, false]);
      held.set(change.key, change.object);
      continue;
    }
    expect(change.old).toBe(held.get(change.key));
    if (change.kind === 'Updated') {
      expect(change.object.metadata.uid).toBe(change.old.metadata.uid);
      held.set(change.key, change.object);
    } else {
      gone.add(change.old.metadata.uid);
      held.delete(change.key);
    }
  }
  return held;
}

/** Between two lists, each change of the server is told once, in its order. */
function expectNothingMissed({ epochs, history }: ModelServer, told: readonly StoreChange<WatchedObject>[]): void {
  for (const [index, epoch] of epochs.entries()) {
    const until = epochs[index + 1]?.toldBefore ?? told.length;
    const heard = told.slice(epoch.toldAfter, until).map(nameOfChange);
    expect(heard).toEqual(history.slice(epoch.listed, epoch.handedOut).map(nameOfEvent));
  }
  expect(epochs.at(-1)?.handedOut).toBe(history.length);
}

function nameOfChange(change: StoreChange<WatchedObject>): string {
  if (change.kind === 'Deleted') return `Deleted ${change.key} ${change.old.metadata.uid}`;
  return `${change.kind} ${change.key} ${change.object.metadata.uid} ${change.object.metadata.resourceVersion}`;
}

const KINDS = { ADDED: 'Added', MODIFIED: 'Updated', DELETED: 'Deleted' } as const;

function nameOfEvent({ type, object: { metadata } }: Change): string {
  const version = type === 'DELETED' ? '' : ` ${metadata.resourceVersion}`;
  return `${KINDS[type]} ${metadata.name} ${metadata.uid}${version}`;
}

function byName(objects: readonly WatchedObject[]): WatchedObject[] {
  return objects.toSorted((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1));
}

/** A small linear congruential generator: the waits of one run are equal whenever it is run again. */
function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
