import { type Dispatcher, request as send } from 'undici';
import { type Clock, sleep } from '../base/clock.ts';
import { ReconcileError, TransientError } from '../base/errors.ts';
import { KubeApiError } from './kube-api-error.ts';
import type { KubeConnection } from './kube-connection.ts';
import { describePath, type ResourcePath, urlPath } from './resource-path.ts';

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
  onRequest(record: KubeRequestRecord): void;
  /** Asked right before each request that may change something; what it throws ends the call. */
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
const MAX_READ_RETRIES = 2;
const MAX_RETRY_AFTER_MS = 10_000;

/**
 * Sends one request and returns the parsed body of its answer. A read that is answered 429 or 503 is sent again up to
 * twice, after the time that the server asks for; a write never is.
 * @throws what `beforeWrite` threw
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
      return parse(await sendOnce(options, request, signal), options.connection, request);
    } catch (error) {
      const waitMs = retries < MAX_READ_RETRIES ? retryWaitMs(request, error) : undefined;
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
    throw unreachable(connection, request, error);
  }
}

function retryWaitMs({ method }: KubeRequest, error: unknown): number | undefined {
  if (method !== 'GET' || !(error instanceof KubeApiError)) return undefined;
  if (error.status !== 429 && error.status !== 503) return undefined;
  const waitMs = error.retryAfterMs ?? 1_000;
  return waitMs <= MAX_RETRY_AFTER_MS ? waitMs : undefined;
}

async function sendOnce(options: KubeRequestOptions, request: KubeRequest, signal: AbortSignal): Promise<string> {
  const limit = limitedSignal(options.clock, TIME_LIMIT_MS, signal);
  const record = startRecord(options, request);
  try {
    const { statusCode, headers, body } = await dispatch(options, request, limit.signal);
    const text = await body.text();
    record(statusCode);
    if (statusCode < 400) return text;
    throw new KubeApiError({
      status: statusCode,
      body: text,
      request: describe(request),
      retryAfterMs: retryAfterMs(headers),
    });
  } catch (error) {
    if (error instanceof KubeApiError || error instanceof ReconcileError) throw error;
    record('error');
    throw signal.aborted ? signal.reason : unreachable(options.connection, request, error);
  } finally {
    limit.end();
  }
}

/**
 * Sends a request whose answer is a stream, and returns the stream once the headers are there. `signal` ends the stream.
 * @throws as {@link sendForJson}, without its retries
 */
export async function sendForStream(
  options: KubeRequestOptions,
  request: KubeRequest,
  signal: AbortSignal,
): Promise<Dispatcher.ResponseData['body']> {
  const record = startRecord(options, request);
  try {
    const { statusCode, headers, body } = await dispatch(options, request, signal);
    record(statusCode);
    if (statusCode < 400) return body;
    throw new KubeApiError({
      status: statusCode,
      body: await body.text(),
      request: describe(request),
      retryAfterMs: retryAfterMs(headers),
    });
  } catch (error) {
    if (error instanceof KubeApiError) throw error;
    record('error');
    throw signal.aborted ? signal.reason : unreachable(options.connection, request, error);
  }
}

async function dispatch(
  { connection, userAgent, beforeWrite }: KubeRequestOptions,
  { method, path, query = {}, body, contentType = 'application/json' }: KubeRequest,
  signal: AbortSignal,
): Promise<Dispatcher.ResponseData> {
  const headers: Record<string, string> = { accept: 'application/json', 'user-agent': userAgent };
  await connection.authorize(headers);
  if (body !== undefined) headers['content-type'] = contentType;
  const url = new URL(connection.server + urlPath(path));
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined) url.searchParams.set(name, String(value));
  }
  if (method !== 'GET') beforeWrite();
  return send(url, {
    method,
    headers,
    body: body === undefined ? null : JSON.stringify(body),
    dispatcher: connection.dispatcher,
    signal,
    headersTimeout: TIME_LIMIT_MS,
    bodyTimeout: 0, // each caller has a limit for the whole answer, which also ends one that trickles
  });
}

/** What a connection that broke is thrown as. */
export function unreachable({ server }: KubeConnection, request: KubeRequest, error: unknown): TransientError {
  return new TransientError(
    'KubernetesUnreachable',
    `no answer from the Kubernetes API at ${server} (${describe(request)}): ${codeOf(error)}; check that it runs and can be reached`,
    error,
  );
}

/** The code of a Node or undici error, which is short and stable; the message where there is none. */
function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return 'code' in error && typeof error.code === 'string' ? error.code : error.message;
}

function describe({ verb, path }: KubeRequest): string {
  return `${verb} ${describePath(path)}`;
}

function startRecord(
  { clock, onRequest }: KubeRequestOptions,
  { verb, path }: KubeRequest,
): (status: number | 'error') => void {
  const startedMs = clock.monotonicMs();
  const resource = path.subresource === undefined ? path.plural : `${path.plural}/${path.subresource}`;
  return (status) => onRequest({ verb, resource, status, seconds: (clock.monotonicMs() - startedMs) / 1000 });
}

/** The header in seconds, which is the only form that the API server sends. */
function retryAfterMs(headers: Readonly<Record<string, string | string[] | undefined>>): number | undefined {
  const seconds = Number(headers['retry-after'] ?? Number.NaN);
  return Number.isFinite(seconds) && seconds >= 0 ? seconds * 1000 : undefined;
}

/** A signal that aborts with `signal`, and `limitMs` after the start or the last `renew`; call `end` when it is no longer needed. */
export function limitedSignal(
  clock: Clock,
  limitMs: number,
  signal: AbortSignal,
): { readonly signal: AbortSignal; renew(limitMs: number): void; end(): void } {
  const limited = new AbortController();
  const onAbort = () => limited.abort(signal.reason);
  if (signal.aborted) onAbort();
  signal.addEventListener('abort', onAbort, { once: true });
  const start = (ms: number) =>
    clock.after(ms, () => limited.abort(new Error(`no whole answer within ${ms / 1000} s`)));
  let cancel = start(limitMs);
  return {
    signal: limited.signal,
    renew(ms) {
      cancel();
      cancel = start(ms);
    },
    end() {
      cancel();
      signal.removeEventListener('abort', onAbort);
    },
  };
}
