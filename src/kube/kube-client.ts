import type { Clock } from '../base/clock.ts';
import type { PassContextOf } from '../base/pass-context.ts';
import { isNotFound } from './kube-api-error.ts';
import type { KubeConnection } from './kube-connection.ts';
import {
  type KubeListPage,
  type KubeObject,
  type KubeWatchEvent,
  toKubeObject,
  toListPage,
  toWatchEvent,
} from './kube-object.ts';
import {
  asUnreachable,
  type KubeRequest,
  type KubeRequestOptions,
  type KubeRequestRecord,
  sendForJson,
  sendForStream,
} from './kube-request.ts';
import { limitedSignal } from './limited-signal.ts';
import type { ResourcePath } from './resource-path.ts';
import { jsonLines } from './watch-stream.ts';

export interface KubeClientOptions {
  readonly connection: KubeConnection;
  readonly clock: Clock;
  /** 0 up to, not including, 1. */
  random(): number;
  readonly userAgent: string;
  /** Absent: no request belongs to a pass. */
  readonly contextOf?: PassContextOf;
  /** Told of each request that ended, with the signal that the caller gave; must not throw. */
  onRequest?(record: KubeRequestRecord, signal: AbortSignal): void;
  /** Asked before each request that may change something and right before it is sent; what it throws ends the call. */
  beforeWrite?(): void;
}

export interface Selectors {
  readonly labelSelector?: string | undefined;
  readonly fieldSelector?: string | undefined;
}

export interface ListOptions extends Selectors {
  readonly limit?: number | undefined;
  readonly continueToken?: string | undefined;
}

export interface WatchOptions extends Selectors {
  /** Events after this version; absent with `sendInitialEvents`. */
  readonly resourceVersion?: string | undefined;
  /**
   * A streaming list: all there is comes first, read consistently, then a bookmark that is annotated
   * `k8s.io/initial-events-end`. Source: https://kubernetes.io/docs/reference/using-api/api-concepts/#streaming-lists
   */
  readonly sendInitialEvents?: true | undefined;
  /** How long the server keeps the watch open; by default 5 to 10 minutes by chance, so that watches spread. */
  readonly timeoutSeconds?: number | undefined;
}

export interface ApplyOptions {
  readonly fieldManager: string;
  /** Take fields from other managers instead of failing with a conflict. */
  readonly force?: boolean;
}

export interface DeleteOptions {
  /** The delete fails with a conflict when the object is another one by now. */
  readonly uid?: string;
  readonly resourceVersion?: string;
}

const PATCH_TYPES = {
  merge: 'application/merge-patch+json',
  json: 'application/json-patch+json',
  strategic: 'application/strategic-merge-patch+json',
} as const;

/** A watch that is still open this long after its end is a connection that nobody holds at the other side. */
const WATCH_GRACE_MS = 30_000;
/** The API server sends a bookmark about once a minute; a watch that says nothing for so long leads nowhere. */
const WATCH_QUIET_MS = 180_000;
/**
 * The events of a streaming list come without a pause; a server that does not know streaming lists never ends one, and
 * sends bookmarks of the usual kind, one a minute.
 */
const INITIAL_QUIET_MS = 30_000;

/**
 * The Kubernetes API: one method, one request, sent again only where that is safe; see {@link sendForJson}.
 * Objects come back as the server sent them; lists and watches leave out `metadata.managedFields`. The type parameter
 * is the caller's word for what the kind looks like. Every method rejects with `KubeApiError` for an answer of 400 or
 * more, with `TransientError` `KubernetesUnreachable` when no whole answer came within 30 s, and with the signal's
 * reason when that aborts.
 */
export class KubeClient {
  readonly #request: KubeRequestOptions;
  readonly #random: () => number;

  constructor(options: KubeClientOptions) {
    const {
      connection,
      clock,
      random,
      userAgent,
      contextOf,
      onRequest = () => undefined,
      beforeWrite = () => undefined,
    } = options;
    this.#request = { connection, clock, userAgent, contextOf, onRequest, beforeWrite };
    this.#random = random;
  }

  /** `undefined` when there is no such object. A kind that is not served is a `KubeApiError` 404. */
  async get<T extends KubeObject>(path: ResourcePath, signal: AbortSignal): Promise<T | undefined> {
    try {
      return toKubeObject<T>(await this.#json({ verb: 'get', method: 'GET', path }, signal));
    } catch (error) {
      if (isNotFound(error)) return undefined;
      throw error;
    }
  }

  /** One page; a consistent read, as it names no version. */
  async list<T extends KubeObject>(
    path: ResourcePath,
    { limit, continueToken, labelSelector, fieldSelector }: ListOptions,
    signal: AbortSignal,
  ): Promise<KubeListPage<T>> {
    const query = { limit, continue: continueToken, labelSelector, fieldSelector };
    return toListPage<T>(await this.#json({ verb: 'list', method: 'GET', path, query }, signal));
  }

  /**
   * Events after `resourceVersion`, or a streaming list and the events after it; bookmarks among them. Ends when the
   * server ends the watch, and throws when the connection breaks or is found dead: silent for three minutes (half a
   * minute within a streaming list), or there half a minute after the server should have ended it.
   */
  async *watch<T extends KubeObject>(
    path: ResourcePath,
    options: WatchOptions,
    signal: AbortSignal,
  ): AsyncGenerator<KubeWatchEvent<T>> {
    const timeoutSeconds = options.timeoutSeconds ?? 300 + Math.floor(this.#random() * 300);
    const { resourceVersion, sendInitialEvents, labelSelector, fieldSelector } = options;
    const query = {
      watch: true,
      allowWatchBookmarks: true,
      timeoutSeconds,
      resourceVersion,
      sendInitialEvents,
      resourceVersionMatch: sendInitialEvents && 'NotOlderThan',
      labelSelector,
      fieldSelector,
    };
    const request: KubeRequest = { verb: 'watch', method: 'GET', path, query };
    const limit = limitedSignal(this.#request.clock, timeoutSeconds * 1000 + WATCH_GRACE_MS, signal);
    let quietMs = sendInitialEvents ? INITIAL_QUIET_MS : WATCH_QUIET_MS;
    const quiet = limitedSignal(this.#request.clock, quietMs, limit.signal);
    try {
      const body = await sendForStream(this.#request, request, quiet.signal);
      for await (const value of linesOrUnreachable(body, this.#request, request, signal)) {
        const event = toWatchEvent<T>(value);
        if (completesList(event)) quietMs = WATCH_QUIET_MS;
        quiet.renew(quietMs);
        yield event;
      }
    } finally {
      quiet.end();
      limit.end();
    }
  }

  /** Creates `object` in the collection that `path` names (without a name, unless for a subresource). */
  async create<T extends KubeObject>(path: ResourcePath, object: KubeObject, signal: AbortSignal): Promise<T> {
    return toKubeObject<T>(await this.#json({ verb: 'create', method: 'POST', path, body: object }, signal));
  }

  /** Puts `object` in the place of what is there; a conflict when `metadata.resourceVersion` is not that of today. */
  async replace<T extends KubeObject>(path: ResourcePath, object: KubeObject, signal: AbortSignal): Promise<T> {
    return toKubeObject<T>(await this.#json({ verb: 'update', method: 'PUT', path, body: object }, signal));
  }

  /** Changes parts of an object. A merge patch that carries `metadata.resourceVersion` is a conflict when that is old. */
  async patch<T extends KubeObject>(
    path: ResourcePath,
    patch: unknown,
    type: keyof typeof PATCH_TYPES,
    signal: AbortSignal,
  ): Promise<T> {
    const contentType = PATCH_TYPES[type];
    return toKubeObject<T>(
      await this.#json({ verb: 'patch', method: 'PATCH', path, body: patch, contentType }, signal),
    );
  }

  /**
   * Server-side apply: makes the fields in `object`, and of ours only those, what is there. Creates the object when it
   * is absent, unless `object` carries a uid. Rejects with a `KubeApiError` 409 when another manager owns a field.
   */
  async apply<T extends KubeObject>(
    path: ResourcePath,
    object: KubeObject,
    { fieldManager, force = false }: ApplyOptions,
    signal: AbortSignal,
  ): Promise<T> {
    const request: KubeRequest = {
      verb: 'patch',
      method: 'PATCH',
      path,
      query: { fieldManager, force },
      body: object,
      contentType: 'application/apply-patch+yaml', // JSON is YAML; older servers know no other name for it
    };
    return toKubeObject<T>(await this.#json(request, signal));
  }

  /** Asks for the deletion of an object; finalizers may hold it. An object that is not there is no error. */
  async delete(path: ResourcePath, { uid, resourceVersion }: DeleteOptions, signal: AbortSignal): Promise<void> {
    const preconditions = { uid, resourceVersion };
    const body = { apiVersion: 'v1', kind: 'DeleteOptions', preconditions };
    try {
      await this.#json({ verb: 'delete', method: 'DELETE', path, body }, signal);
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
  }

  #json(request: KubeRequest, signal: AbortSignal): Promise<unknown> {
    return sendForJson(this.#request, request, signal);
  }
}

/** Whether `event` is the bookmark after the last event of a streaming list. */
function completesList<T>(event: KubeWatchEvent<T>): boolean {
  return event.type === 'BOOKMARK' && event.object.metadata.annotations?.['k8s.io/initial-events-end'] === 'true';
}

/** The stream's lines; what breaks it, a line that is no JSON among that, is thrown as a connection that broke. */
async function* linesOrUnreachable(
  body: AsyncIterable<Uint8Array>,
  { connection }: KubeRequestOptions,
  request: KubeRequest,
  signal: AbortSignal,
): AsyncGenerator<unknown> {
  try {
    yield* jsonLines(body);
  } catch (error) {
    throw signal.aborted ? signal.reason : asUnreachable(connection, request, error);
  }
}
