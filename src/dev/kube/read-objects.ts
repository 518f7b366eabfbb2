import type { Clock } from '../../base/clock.ts';
import type { ApiRequest } from './api-request.ts';
import { viewOf } from './event-views.ts';
import type { Json } from './json.ts';
import type { ObjectStore } from './object-store.ts';
import { matchesSelectors } from './selectors.ts';
import { badRequest, expired, notFound } from './status-error.ts';
import type { StoredObject } from './stored-object.ts';
import { toTable, wantsTable } from './table.ts';

/** One object, or a table of it when the client asks for one. */
export function getObject(request: ApiRequest, store: ObjectStore, clock: Clock): Json {
  const { kind, namespace, name = '' } = request;
  const found = store.get(kind, namespace, name);
  if (found === undefined) throw notFound(kind, name);
  const object = viewOf(kind, found);
  return wantsTable(request.headers.accept)
    ? tableOf(request, [object], { resourceVersion: found.metadata.resourceVersion }, clock)
    : object;
}

/** A page of the list. The token names the version the list began at; it expires with the history. */
export function listObjects(request: ApiRequest, store: ObjectStore, clock: Clock): Json {
  const { kind, query, headers } = request;
  const start = readToken(query.get('continue'));
  if (start !== undefined && store.since(start.version) === undefined) throw expired();
  const version = start?.version ?? store.version;
  const all = selectObjects(request, store).filter(
    ({ metadata }) => start === undefined || placeOf(metadata) > start.after,
  );
  const limit = Number(query.get('limit') ?? 0);
  const items = limit > 0 ? all.slice(0, limit) : all;
  const last = items.at(-1);
  const more = last !== undefined && all.length > items.length;
  const metadata = {
    resourceVersion: String(version),
    ...(more
      ? {
          continue: writeToken({ version, after: placeOf(last.metadata) }),
          remainingItemCount: all.length - items.length,
        }
      : {}),
  };
  if (wantsTable(headers.accept)) return tableOf(request, items, metadata, clock);
  const apiVersion = kind.group === '' ? kind.version : `${kind.group}/${kind.version}`;
  return { kind: `${kind.kind}List`, apiVersion, metadata, items };
}

/** The objects that a list or watch is about, as the client's API group shows them. */
export function selectObjects(
  { kind, namespace, name, query }: ApiRequest,
  store: ObjectStore,
): readonly StoredObject[] {
  return store
    .list(kind, namespace)
    .map((object) => viewOf(kind, object))
    .filter((object) => (name === undefined || object.metadata.name === name) && matchesSelectors(object, query));
}

export function tableOf(
  { kind, query }: ApiRequest,
  objects: readonly StoredObject[],
  metadata: Json,
  clock: Clock,
  withColumns = true,
): Json {
  const includeObject = query.get('includeObject') ?? 'Metadata';
  return toTable(kind, objects, { metadata, includeObject, nowMs: clock.now(), withColumns });
}

interface ListToken {
  readonly version: number;
  readonly after: string;
}

function placeOf({ namespace, name }: StoredObject['metadata']): string {
  return `${namespace ?? ''}/${name}`;
}

function writeToken(token: ListToken): string {
  return Buffer.from(JSON.stringify(token)).toString('base64url');
}

function readToken(text: string | null): ListToken | undefined {
  if (text === null || text === '') return undefined;
  try {
    const { version, after } = JSON.parse(Buffer.from(text, 'base64url').toString());
    if (typeof version === 'number' && typeof after === 'string') return { version, after };
  } catch {
    // told below
  }
  throw badRequest('continue key is not valid');
}
