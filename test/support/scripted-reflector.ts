import { silentLogger } from '../../src/base/logger.ts';
import { Reflector, type WatchRequest } from '../../src/runtime/reflector.ts';
import { Store, type StoreChange } from '../../src/runtime/store.ts';
import type { ListPage, WatchEvent, WatchedObject } from '../../src/runtime/watched-object.ts';
import { ManualClock } from './manual-clock.ts';

/** One watch of a script; ends the watch when it returns, breaks it when it throws. */
export type Watch = (signal: AbortSignal, clock: ManualClock) => AsyncIterable<WatchEvent<WatchedObject>>;

export interface ReflectorScript {
  /** Given one after another; after the last, watches are silent. */
  readonly watches: readonly Watch[];
  readonly pages?: readonly (ListPage<WatchedObject> | Error)[];
  readonly random?: () => number;
  readonly onChange?: (change: StoreChange<WatchedObject>, store: Store<WatchedObject>) => void;
}

/** A running reflector whose server follows a script, on a clock that the test moves. */
export function startScripted({ watches, pages = [], random = () => 0.5, onChange }: ReflectorScript) {
  const clock = new ManualClock();
  const store = new Store<WatchedObject>(silentLogger, {});
  const restWatches = [...watches];
  const restPages = [...pages];
  const asked: string[] = [];
  const askedAtMs: number[] = [];
  const ask = (what: string) => {
    asked.push(what);
    askedAtMs.push(clock.monotonicMs());
  };
  store.subscribe((change) => onChange?.(change, store));
  const reflector = new Reflector({
    async list({ limit, continueToken }) {
      ask(continueToken === undefined ? `list ${limit ?? 'all'}` : `list after ${continueToken}`);
      const page = restPages.shift();
      if (page === undefined || page instanceof Error) throw page ?? new Error('no more pages in the script');
      return page;
    },
    watch(request: WatchRequest, signal) {
      ask(request.sendInitialEvents ? 'streaming list' : `watch after ${request.resourceVersion}`);
      return (restWatches.shift() ?? silence)(signal, clock);
    },
    store,
    clock,
    log: silentLogger,
    random,
  });
  const stopping = new AbortController();
  const running = reflector.run(stopping.signal);
  return {
    clock,
    store,
    reflector,
    /** What the server was asked, in order. */
    asked,
    askedAtMs,
    /** Lets every wait of the script pass. */
    settle: () => clock.advance(120_000),
    async stop() {
      stopping.abort(new Error('end of the test'));
      await running;
    },
  };
}

/** A watch on which nothing happens until it is aborted. */
export async function* silence(signal: AbortSignal): AsyncGenerator<WatchEvent<WatchedObject>> {
  await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
}

/** A watch that brings `list` and ends, after `openMs`. */
export function events(list: readonly WatchEvent<WatchedObject>[], openMs = 0): Watch {
  return async function* (_, clock) {
    yield* list;
    if (openMs > 0) await new Promise<void>((resolve) => clock.after(openMs, resolve));
  };
}

/** A watch that brings `list` and breaks; with a `status` like an HTTP answer. */
export function failing(fields: object = {}, list: readonly WatchEvent<WatchedObject>[] = []): Watch {
  return async function* () {
    yield* list;
    throw Object.assign(new Error('the watch failed'), fields);
  };
}

export const refused = failing({ status: 422 });

/** The lines of a whole streaming list at `version`. */
export function initial(version: string, ...objects: readonly WatchedObject[]): WatchEvent<WatchedObject>[] {
  return [...objects.map((object) => ({ type: 'ADDED' as const, object })), listEnd(version)];
}

export function listEnd(version: string): WatchEvent<WatchedObject> {
  const annotations = { 'k8s.io/initial-events-end': 'true' };
  return { type: 'BOOKMARK', object: { metadata: { resourceVersion: version, annotations } } };
}

export function bookmark(version: string): WatchEvent<WatchedObject> {
  return { type: 'BOOKMARK', object: { metadata: { resourceVersion: version } } };
}

export function modified(object: WatchedObject): WatchEvent<WatchedObject> {
  return { type: 'MODIFIED', object };
}

export function object(name: string, resourceVersion: string, uid = 'uid-1'): WatchedObject {
  return { metadata: { namespace: 'default', name, uid, resourceVersion } };
}
