import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Clock } from '../../base/clock.ts';
import type { ValidateObject } from './admit-object.ts';
import { handleRequest } from './handle-request.ts';
import { asJson, type Json } from './json.ts';
import { ObjectStore } from './object-store.ts';
import { BUILT_IN_KINDS, CRDS, kindsOfCrd, NAMESPACES } from './resource-kind.ts';
import type { StoredObject } from './stored-object.ts';
import type { OpenWatch } from './watch-objects.ts';
import { ObjectWriter } from './write-objects.ts';

export interface EmbeddedKubeOptions {
  /** On 127.0.0.1; 0 takes a free one. */
  readonly port: number;
  /** CustomResourceDefinitions (apiextensions.k8s.io/v1) whose kinds are served. */
  readonly crds: readonly object[];
  readonly validate: ValidateObject;
  readonly clock: Clock;
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
  /** The next `times` (1 when absent) requests of `verb` on `resource` are answered with `status`. */
  failNext(verb: string, resource: string, status: number, times?: number): void;
  /** All objects of a kind by its plural, whatever the namespace. */
  objects(plural: string): readonly StoredObject[];
  requests(): readonly RequestCount[];
}

/**
 * Serves as much of the Kubernetes API as kubectl and the controller need, from memory, on loopback. There are no users and
 * everything is allowed. Rejects with the error of `listen` (`EADDRINUSE` when the port is taken).
 */
export async function startKubeServer({ port, crds, validate, clock }: EmbeddedKubeOptions): Promise<EmbeddedKube> {
  const definitions = crds.map(asJson);
  const kinds = [...BUILT_IN_KINDS, ...definitions.flatMap(kindsOfCrd)];
  const store = new ObjectStore(kinds);
  const writer = new ObjectWriter({ store, validate, clock });
  seed(writer, definitions);
  const watches = new Set<OpenWatch>();
  const counts = new Map<string, RequestCount>();
  const failures: { verb: string; resource: string; status: number }[] = [];
  const onRequest = (verb: string, resource: string) => {
    const key = `${verb} ${resource}`;
    counts.set(key, { verb, resource, count: (counts.get(key)?.count ?? 0) + 1 });
    const place = failures.findIndex((failure) => failure.verb === verb && failure.resource === resource);
    return place < 0 ? undefined : failures.splice(place, 1)[0]?.status;
  };
  const parts = { kinds, store, writer, clock, watches, onRequest };
  const server = createServer((request, response) => void handleRequest(request, response, parts));
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  const address = server.address() as AddressInfo; // it listens on a port, not on a path
  return {
    url: `http://127.0.0.1:${address.port}`,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
    expireWatches() {
      store.forget();
      for (const watch of [...watches]) watch.expire();
    },
    dropWatches() {
      for (const watch of [...watches]) watch.cut();
    },
    failNext(verb, resource, status, times = 1) {
      for (let i = 0; i < times; i++) failures.push({ verb, resource, status });
    },
    objects: (plural) => kinds.filter((kind) => kind.plural === plural).flatMap((kind) => store.list(kind)),
    requests: () => [...counts.values()],
  };
}

function seed(writer: ObjectWriter, definitions: readonly Json[]): void {
  for (const name of ['default', 'kube-system', 'kube-public']) {
    const status = { phase: 'Active' };
    writer.seed(NAMESPACES, { apiVersion: 'v1', kind: 'Namespace', metadata: { name }, status });
  }
  const conditions = [{ type: 'Established', status: 'True', reason: 'InitialNamesAccepted', message: '' }];
  for (const definition of definitions) writer.seed(CRDS, { ...definition, status: { conditions } });
}
