import { createServer } from 'node:http';
import type { Clock } from '../../base/clock.ts';
import { listenOnLoopback } from '../listen-on-loopback.ts';
import type { ValidateObject } from './admit-object.ts';
import { handleRequest } from './handle-request.ts';
import { asJson, type Json } from './json.ts';
import { ObjectStore } from './object-store.ts';
import { RequestFaults } from './request-faults.ts';
import { CRDS, ESTABLISHED, NAMESPACES } from './resource-kind.ts';
import { servedKinds } from './served-kinds.ts';
import type { StoredObject } from './stored-object.ts';
import type { OpenWatch } from './watch-objects.ts';
import { ObjectWriter } from './write-objects.ts';

export interface EmbeddedKubeOptions {
  /** On 127.0.0.1; 0 takes a free one. */
  readonly port: number;
  /** CustomResourceDefinitions (apiextensions.k8s.io/v1) that are there at the start; clients may add others. */
  readonly crds: readonly object[];
  readonly validate: ValidateObject;
  readonly clock: Clock;
  /** False: refuses them, as API servers before 1.32 do; clients then list in pages. */
  readonly streamingLists?: boolean;
}

/** How often one verb was asked for on one resource, `appaccesses` or `appaccesses/status`. */
export interface RequestCount {
  readonly verb: string;
  readonly resource: string;
  readonly count: number;
}

export interface EmbeddedKube {
  /** `http://127.0.0.1:PORT`. */
  readonly url: string;
  /** Cuts all connections; resolves when the port is free. */
  stop(): Promise<void>;
  /** Forgets all versions so far: open watches end with 410, and so does whoever resumes from one of them. */
  expireWatches(): void;
  /** Cuts the connections of all open watches. */
  dropWatches(): void;
  /** Watches that are open now say nothing any more and stay open, as behind a network that swallows packets. */
  silenceWatches(): void;
  /** The next `times` (1 when absent) requests of `verb` on `resource` are answered with `status`. */
  failNext(verb: string, resource: string, status: number, times?: number): void;
  /** Every request of `verb` on `resource` is answered with `status` until `mend`; `*` and `*` stand for any at all. */
  failAlways(verb: string, resource: string, status: number): void;
  /** Takes requests and answers none until `mend`; open watches say nothing. */
  freeze(): void;
  /** Ends what `failAlways`, `failNext` and `freeze` began. */
  mend(): void;
  /** Cuts all connections and refuses new ones until `pickUp`; what is stored stays. */
  hangUp(): Promise<void>;
  pickUp(): Promise<void>;
  /** Requests that are being worked on, watches and frozen ones apart. */
  pending(): number;
  /** Takes an object away past its finalizers, as API servers do where one is added while they delete. */
  lose(plural: string, namespace: string, name: string): void;
  /** All objects of a kind by its plural, whatever the namespace. */
  objects(plural: string): readonly StoredObject[];
  requests(): readonly RequestCount[];
}

/**
 * Serves as much of the Kubernetes API as kubectl and the controller need, from memory, on loopback. There are no users and
 * everything is allowed. Rejects with the error of `listen` (`EADDRINUSE` when the port is taken).
 */
export async function startKubeServer({
  port,
  crds,
  validate,
  clock,
  streamingLists = true,
}: EmbeddedKubeOptions): Promise<EmbeddedKube> {
  const definitions = crds.map(asJson);
  const store = new ObjectStore();
  const kinds = servedKinds(store);
  const writer = new ObjectWriter({ store, kinds, validate, clock });
  seed(writer, definitions);
  const watches = new Set<OpenWatch>();
  const counts = new Map<string, RequestCount>();
  const faults = new RequestFaults();
  let pending = 0;
  const onRequest = (verb: string, resource: string) => {
    const key = `${verb} ${resource}`;
    counts.set(key, { verb, resource, count: (counts.get(key)?.count ?? 0) + 1 });
    faults.check(verb, resource);
  };
  store.subscribe(({ storage, type, object }) => {
    if (storage !== CRDS.storage || type !== 'DELETED') return;
    for (const watch of [...watches]) if (watch.storage === object.metadata.name) watch.cut();
  });
  const parts = { kinds, store, writer, clock, watches, streamingLists, onRequest };
  const server = createServer(async (request, response) => {
    await faults.thawed();
    pending += 1;
    await handleRequest(request, response, parts);
    pending -= 1;
  });
  const listener = await listenOnLoopback(server, port);
  return {
    url: `http://127.0.0.1:${listener.port}`,
    stop: listener.hangUp,
    hangUp: listener.hangUp,
    pickUp: listener.pickUp,
    pending: () => pending,
    freeze: () => faults.freeze(),
    mend: () => faults.clear(),
    failAlways: (verb, resource, status) => faults.failAlways(verb, resource, status),
    expireWatches() {
      store.forget();
      for (const watch of [...watches]) watch.expire();
    },
    silenceWatches() {
      for (const watch of [...watches]) watch.silence();
    },
    dropWatches() {
      for (const watch of [...watches]) watch.cut();
    },
    failNext: (verb, resource, status, times = 1) => faults.failNext(verb, resource, status, times),
    lose(plural, namespace, name) {
      for (const kind of kinds().filter((each) => each.plural === plural)) {
        const object = store.get(kind, namespace, name);
        if (object !== undefined) store.remove(kind, object);
      }
    },
    objects: (plural) =>
      kinds()
        .filter((kind) => kind.plural === plural)
        .flatMap((kind) => store.list(kind)),
    requests: () => [...counts.values()],
  };
}

function seed(writer: ObjectWriter, definitions: readonly Json[]): void {
  for (const name of ['default', 'kube-system', 'kube-public']) {
    const status = { phase: 'Active' };
    writer.seed(NAMESPACES, { apiVersion: 'v1', kind: 'Namespace', metadata: { name }, status });
  }
  for (const definition of definitions) writer.seed(CRDS, { ...definition, status: ESTABLISHED });
}
