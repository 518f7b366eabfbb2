import { type Dispatcher, request as send } from 'undici';
import { type Clock, sleep } from '../base/clock.ts';
import type { TransientError } from '../base/errors.ts';
import type { PassContextOf } from '../base/pass-context.ts';
import { unlessAborted } from '../base/unless-aborted.ts';
import { checkedDispatcher } from './checked-dispatcher.ts';
import { KubeApiError } from './kube-api-error.ts';
import type { KubeConnection, RequestHeaders } from './kube-connection.ts';
import { limitedSignal } from './limited-signal.ts';
import { describePath, type ResourcePath, urlPath } from './resource-path.ts';
import { unreachable } from './unreachable.ts';
import { type Credentials, withCredentials } from './with-credentials.ts';

/** The API server's verbs, as its RBAC rules and audit log call them. */
export type KubeVerb = 'get' | 'list' | 'watch' | 'create' | 'update' | 'patch' | 'delete';

/** One request that ended, for metrics. */
export interface KubeRequestRecord {
  readonly verb: KubeVerb;
  /** The plural, with the subresource: `appaccesses/status`. */
  readonly resource: string;
  /** The HTTP code, or `error` when no answer came. */
  readonly status: number | 'error';
  /** Until the headers for a watch, else until the body. */
  readonly seconds: number;
}

export interface KubeRequestOptions {
  readonly connection: KubeConnection;
  readonly clock: Clock;
  readonly userAgent: string;
  readonly contextOf?: PassContextOf | undefined;
  /** `signal` is the one that the request was sent with. */
  onRequest(record: KubeRequestRecord, signal: AbortSignal): void;
  /**
   * Asked before each request that may change something, and again right before it goes to the socket, which may be long
   * after where a connection has to be made first; what it throws ends the call.
   */
  beforeWrite(): void;
}

export interface KubeRequest {
  readonly verb: KubeVerb;
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: ResourcePath;
  /** Entries that are `undefined` are left out. */
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>>;
  readonly body?: unknown;
  /** Of the body; JSON when absent. */
  readonly contentType?: string;
}

/** Source of the default: client-go waits as long for an answer. */
const TIME_LIMIT_MS = 30_000;
const MAX_RETRIES = 2;
const MAX_RETRY_AFTER_MS = 10_000;

/**
 * Sends one request and returns the parsed body of its answer.
 *
 * Sent again, up to twice, after the time that the server asks for when that is at most 10 s: a read that is answered 429
 * or 503; a write that is answered 429 with a Retry-After, by which the server says that it did nothing. No other write
 * is: whether it was done cannot be known, and the next pass looks. Any request is sent once more after credentials that
 * were refused (401, a TLS handshake that failed) have been read again.
 * @throws what `beforeWrite` threw, which is asked before each try and at its last moment
 * @throws KubeApiError for an answer of 400 or more
 * @throws TransientError `KubernetesUnreachable` when no whole answer came within 30 s
 * @throws the signal's reason when that aborts
 */
export async function sendForJson(
  options: KubeRequestOptions,
  request: KubeRequest,
  signal: AbortSignal,
): Promise<unknown> {
  for (let retries = 0; ; retries += 1) {
    try {
      const text = await withCredentials(options, signal, (credentials) =>
        sendOnce(options, request, credentials, signal),
      );
      return parse(text, options.connection, request);
    } catch (error) {
      const waitMs = retries < MAX_RETRIES ? retryWaitMs(request, error) : undefined;
      if (waitMs === undefined) throw error;
      await sleep(options.clock, waitMs, signal);
    }
  }
}

/** An answer that is no JSON comes from something else than an API server: a proxy, a login page. */
function parse(text: string, connection: KubeConnection, request: KubeRequest): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw unreachable(connection, describe(request), error);
  }
}

function retryWaitMs({ method }: KubeRequest, error: unknown): number | undefined {
  if (!(error instanceof KubeApiError)) return undefined;
  const isSafe = method === 'GET' ? [429, 503].includes(error.status) : isShed(error);
  const waitMs = error.retryAfterMs ?? 1_000;
  return isSafe && waitMs <= MAX_RETRY_AFTER_MS ? waitMs : undefined;
}

/** Turned away before anything was done. Source: apiserver pkg/server/filters/priority-and-fairness.go, which sets both. */
function isShed({ status, retryAfterMs }: KubeApiError): boolean {
  return status === 429 && retryAfterMs !== undefined;
}

async function sendOnce(
  options: KubeRequestOptions,
  request: KubeRequest,
  credentials: Credentials,
  signal: AbortSignal,
): Promise<string> {
  const isWrite = request.method !== 'GET';
  if (isWrite) options.beforeWrite();
  const refusals: unknown[] = [];
  const check = () => {
    try {
      options.beforeWrite();
    } catch (error) {
      refusals.push(error);
      throw error;
    }
  };
  const limit = limitedSignal(options.clock, TIME_LIMIT_MS, signal);
  const record = startRecord(options, request, signal);
  try {
    const dispatcher = isWrite ? checkedDispatcher(credentials.dispatcher, check) : credentials.dispatcher;
    const { statusCode, headers, body } = await dispatch(
      options,
      request,
      { ...credentials, dispatcher },
      limit.signal,
    );
    const text = await body.text();
    record(statusCode);
    if (statusCode < 400) return text;
    throw toApiError(request, statusCode, headers, text);
  } catch (error) {
    if (error instanceof KubeApiError) throw error;
    record('error');
    if (refusals.includes(error)) throw error;
    throw signal.aborted ? signal.reason : asUnreachable(options.connection, request, error);
  } finally {
    limit.end();
  }
}

/**
 * Sends a request whose answer is a stream, and returns the stream once the headers are there. `signal` ends the stream.
 * @throws as {@link sendForJson}, without the retries after a time
 */
export function sendForStream(
  options: KubeRequestOptions,
  request: KubeRequest,
  signal: AbortSignal,
): Promise<Dispatcher.ResponseData['body']> {
  return withCredentials(options, signal, (credentials) => openStream(options, request, credentials, signal));
}

async function openStream(
  options: KubeRequestOptions,
  request: KubeRequest,
  credentials: Credentials,
  signal: AbortSignal,
): Promise<Dispatcher.ResponseData['body']> {
  const record = startRecord(options, request, signal);
  try {
    const { statusCode, headers, body } = await dispatch(options, request, credentials, signal);
    record(statusCode);
    if (statusCode < 400) return body;
    throw toApiError(request, statusCode, headers, await body.text());
  } catch (error) {
    if (error instanceof KubeApiError) throw error;
    record('error');
    throw signal.aborted ? signal.reason : asUnreachable(options.connection, request, error);
  }
}

async function dispatch(
  { connection, userAgent }: KubeRequestOptions,
  { method, path, query = {}, body, contentType = 'application/json' }: KubeRequest,
  credentials: Credentials,
  signal: AbortSignal,
): Promise<Dispatcher.ResponseData> {
  const headers: RequestHeaders = {
    accept: 'application/json',
    'user-agent': userAgent,
    ...credentials.headers,
  };
  if (body !== undefined) headers['content-type'] = contentType;
  const url = new URL(connection.server + urlPath(path));
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined) url.searchParams.set(name, String(value));
  }
  const answer = send(url, {
    method,
    headers,
    body: body === undefined ? null : JSON.stringify(body),
    dispatcher: credentials.dispatcher,
    signal,
    headersTimeout: TIME_LIMIT_MS,
    bodyTimeout: 0, // each caller has a limit for the whole answer, which also ends one that trickles
  });
  return unlessAborted(answer, signal); // undici looks at the signal only once it is connected
}

function toApiError(
  request: KubeRequest,
  status: number,
  headers: Dispatcher.ResponseData['headers'],
  body: string,
): KubeApiError {
  return new KubeApiError({ status, body, request: describe(request), retryAfterMs: retryAfterMs(headers) });
}

/** What a connection that broke is thrown as. */
export function asUnreachable(connection: KubeConnection, request: KubeRequest, error: unknown): TransientError {
  return unreachable(connection, describe(request), error);
}

function describe({ verb, path }: KubeRequest): string {
  return `${verb} ${describePath(path)}`;
}

function startRecord(
  { clock, connection, contextOf, onRequest }: KubeRequestOptions,
  { verb, method, path }: KubeRequest,
  signal: AbortSignal,
): (status: number | 'error') => void {
  const startedMs = clock.monotonicMs();
  const resource = path.subresource === undefined ? path.plural : `${path.plural}/${path.subresource}`;
  const { namespace } = path;
  const { server } = connection;
  const traced = contextOf?.(signal)?.trace.request({ kind: 'Kubernetes', verb, method, resource, namespace, server });
  return (status) => {
    if (status === 'error') traced?.({ errorCode: 'NoAnswer' });
    else traced?.({ status, ...(status < 400 ? {} : { errorCode: String(status) }) });
    onRequest({ verb, resource, status, seconds: (clock.monotonicMs() - startedMs) / 1000 }, signal);
  };
}

/** The header in seconds, which is the only form that the API server sends. */
function retryAfterMs(headers: Readonly<Record<string, string | string[] | undefined>>): number | undefined {
  const seconds = Number(headers['retry-after'] ?? Number.NaN);
  return Number.isFinite(seconds) && seconds >= 0 ? seconds * 1000 : undefined;
}
