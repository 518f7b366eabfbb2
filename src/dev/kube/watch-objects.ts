import type { ServerResponse } from 'node:http';
import type { Clock } from '../../base/clock.ts';
import type { ApiRequest } from './api-request.ts';
import { viewOf } from './event-views.ts';
import type { Json } from './json.ts';
import type { ObjectStore, StoreEvent } from './object-store.ts';
import { selectObjects, tableOf } from './read-objects.ts';
import { matchesSelectors } from './selectors.ts';
import { expired, forbiddenParameter, StatusError } from './status-error.ts';
import type { StoredObject } from './stored-object.ts';
import { wantsTable } from './table.ts';

/** A bookmark comes about this often on a quiet watch. */
export const BOOKMARK_INTERVAL_MS = 30_000;

export interface OpenWatch {
  /** What it is about. */
  readonly storage: string;
  /** Sends a 410 as an ERROR event and ends the watch in order. */
  expire(): void;
  /** Cuts the connection. */
  cut(): void;
  /** Says nothing from now on and stays open. */
  silence(): void;
}

/**
 * Streams changes to `response` from the version that the request names until the time-out, the client's leaving, or a cut.
 * Without a version, or with `sendInitialEvents`, what exists comes first as ADDED; with the latter a bookmark says where
 * that ends, unless `streamingLists` is false: that is refused with 422, as by a server up to 1.31 or of 1.33. Throws 410
 * when the version is forgotten. `closed` is called once at the end.
 */
export function watchObjects(
  request: ApiRequest,
  response: ServerResponse,
  parts: {
    readonly store: ObjectStore;
    readonly clock: Clock;
    readonly streamingLists: boolean;
    readonly closed: (watch: OpenWatch) => void;
  },
): OpenWatch {
  const { query } = request;
  const { store, clock } = parts;
  requireValidOptions(query, parts.streamingLists);
  const fromText = query.get('resourceVersion') ?? '';
  const isInitial = query.get('sendInitialEvents') === 'true' || fromText === '' || fromText === '0';
  const missed = isInitial ? [] : store.since(Number(fromText));
  if (missed === undefined) throw expired();

  response.writeHead(200, { 'content-type': 'application/json', 'transfer-encoding': 'chunked' });
  response.flushHeaders();
  let isFirst = true;
  let isSilent = false;
  const send = (type: string, object: Json) => {
    if (isSilent) return;
    response.write(`${JSON.stringify({ type, object })}\n`);
  };
  const sendObject = (type: string, object: StoredObject) => {
    const { resourceVersion } = object.metadata;
    const isTable = wantsTable(request.headers.accept);
    send(type, isTable ? tableOf(request, [object], { resourceVersion }, clock, isFirst) : object);
    isFirst = false;
  };
  if (isInitial) {
    for (const object of selectObjects(request, store)) sendObject('ADDED', object);
    if (query.get('sendInitialEvents') === 'true') send('BOOKMARK', bookmark(request, store.version, true));
  }
  const tell = (event: StoreEvent) => {
    const change = changeFor(request, event);
    if (change !== undefined) sendObject(change.type, change.object);
  };
  for (const event of missed) tell(event);

  const unsubscribe = store.subscribe(tell);
  let cancelBookmark = () => {};
  const scheduleBookmark = () => {
    cancelBookmark = clock.after(BOOKMARK_INTERVAL_MS, () => {
      send('BOOKMARK', bookmark(request, store.version, false));
      scheduleBookmark();
    });
  };
  if (query.get('allowWatchBookmarks') === 'true') scheduleBookmark();
  const timeoutSeconds = Number(query.get('timeoutSeconds') ?? 0);
  const cancelTimeout =
    timeoutSeconds > 0 ? clock.after(timeoutSeconds * 1000, () => isSilent || response.end()) : () => {};
  const watch: OpenWatch = {
    storage: request.kind.storage,
    expire() {
      send('ERROR', new StatusError(410, 'Expired', 'too old resource version').toStatus());
      response.end();
    },
    cut: () => void response.destroy(),
    silence() {
      isSilent = true;
    },
  };
  response.on('close', () => {
    unsubscribe();
    cancelBookmark();
    cancelTimeout();
    parts.closed(watch);
  });
  return watch;
}

function requireValidOptions(query: URLSearchParams, streamingLists: boolean): void {
  const match = query.get('resourceVersionMatch') ?? '';
  if (!query.has('sendInitialEvents')) {
    if (match === '') return;
    const why = 'resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided';
    throw forbiddenParameter('resourceVersionMatch', why);
  }
  if (match !== 'NotOlderThan') {
    const why = 'sendInitialEvents requires setting resourceVersionMatch to NotOlderThan';
    throw forbiddenParameter('resourceVersionMatch', why);
  }
  if (streamingLists) return;
  const why = 'sendInitialEvents is forbidden for watch unless the WatchList feature gate is enabled';
  throw forbiddenParameter('sendInitialEvents', why);
}

/** The change as this watch sees it: an object that begins or ceases to match its selectors is added or deleted. */
function changeFor({ kind, namespace, name, query }: ApiRequest, event: StoreEvent) {
  if (event.storage !== kind.storage) return undefined;
  const object = viewOf(kind, event.object);
  if (namespace !== undefined && object.metadata.namespace !== namespace) return undefined;
  if (name !== undefined && object.metadata.name !== name) return undefined;
  const matches = event.type !== 'DELETED' && matchesSelectors(object, query);
  const matched = event.old !== undefined && matchesSelectors(viewOf(kind, event.old), query);
  if (matches) return { type: matched ? 'MODIFIED' : 'ADDED', object };
  return matched ? { type: 'DELETED', object } : undefined;
}

function bookmark({ kind }: ApiRequest, version: number, isInitialEnd: boolean): Json {
  return {
    kind: kind.kind,
    apiVersion: kind.group === '' ? kind.version : `${kind.group}/${kind.version}`,
    metadata: {
      resourceVersion: String(version),
      creationTimestamp: null,
      ...(isInitialEnd ? { annotations: { 'k8s.io/initial-events-end': 'true' } } : {}),
    },
  };
}
