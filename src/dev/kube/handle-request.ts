import type { IncomingMessage, ServerResponse } from 'node:http';
import { CORE_SCHEMA, load } from 'js-yaml';
import type { Clock } from '../../base/clock.ts';
import type { ApiRequest } from './api-request.ts';
import { discover } from './discovery.ts';
import { asJson, type Json } from './json.ts';
import type { ObjectStore } from './object-store.ts';
import { OPENAPI_V2, openApi } from './openapi.ts';
import { parsePath } from './parse-path.ts';
import { decodeProtobufBody, isProtobufBody } from './protobuf-body.ts';
import { getObject, listObjects, selectObjects } from './read-objects.ts';
import type { ResourceKind } from './resource-kind.ts';
import { badRequest, notFound, StatusError } from './status-error.ts';
import { type OpenWatch, watchObjects } from './watch-objects.ts';
import type { ObjectWriter, WriteResult } from './write-objects.ts';

export interface ApiParts {
  readonly kinds: () => readonly ResourceKind[];
  readonly store: ObjectStore;
  readonly writer: ObjectWriter;
  readonly clock: Clock;
  readonly watches: Set<OpenWatch>;
  readonly streamingLists: boolean;
  /** Told of each request about objects; throws a `StatusError` to fail it with. */
  readonly onRequest: (verb: string, resource: string) => void;
}

/** Reads one HTTP request and answers it; every error becomes a Status. */
export async function handleRequest(
  incoming: IncomingMessage,
  response: ServerResponse,
  parts: ApiParts,
): Promise<void> {
  try {
    await answer(incoming, response, parts);
  } catch (error) {
    const known = error instanceof StatusError ? error : new StatusError(500, 'InternalError', String(error));
    sendJson(response, known.code, known.toStatus());
  }
}

async function answer(incoming: IncomingMessage, response: ServerResponse, parts: ApiParts): Promise<void> {
  const url = new URL(incoming.url ?? '/', 'http://localhost');
  const path = url.pathname.replace(/(.)\/$/, '$1');
  if (['/healthz', '/livez', '/readyz'].includes(path)) return sendText(response, 'ok');
  if (path === OPENAPI_V2.path) return send(response, OPENAPI_V2.contentType, OPENAPI_V2.body);
  const kinds = parts.kinds();
  const described = discover(path, kinds) ?? openApi(path, kinds);
  if (described !== undefined) return sendJson(response, 200, described);
  if (/selfsubject(access|rules)reviews$/.test(path)) {
    const review = asJson(await readBody(incoming));
    return sendJson(response, 201, {
      ...review,
      status: { allowed: true, reason: 'the embedded world allows everything' },
    });
  }
  const place = parsePath(path, kinds);
  if (place === undefined) return sendText(response, '404 page not found\n', 404); // the real one sends no Status either
  const request: ApiRequest = {
    ...place,
    query: url.searchParams,
    headers: {
      accept: incoming.headers.accept ?? '',
      contentType: incoming.headers['content-type'] ?? '',
      userAgent: incoming.headers['user-agent'] ?? '',
    },
    body: await readBody(incoming),
  };
  const verb = verbOf(incoming.method ?? 'GET', request);
  const resource =
    request.subresource === undefined ? request.kind.plural : `${request.kind.plural}/${request.subresource}`;
  parts.onRequest(verb, resource);
  requireSubresource(request);
  perform(verb, request, response, parts);
}

function perform(verb: string, request: ApiRequest, response: ServerResponse, parts: ApiParts): void {
  const { store, clock, writer, watches, streamingLists } = parts;
  switch (verb) {
    case 'get':
      return sendJson(response, 200, getObject(request, store, clock));
    case 'list':
      return sendJson(response, 200, listObjects(request, store, clock));
    case 'watch':
      watches.add(
        watchObjects(request, response, { store, clock, streamingLists, closed: (watch) => watches.delete(watch) }),
      );
      return;
    case 'create':
      return sendResult(response, writer.create(request));
    case 'update':
      return sendResult(response, writer.replace(request));
    case 'patch':
    case 'apply':
      return sendResult(response, writer.patch(request));
    case 'delete':
      return sendResult(response, writer.delete(request));
    case 'deletecollection':
      for (const { metadata } of selectObjects(request, store)) {
        writer.delete({ ...request, namespace: metadata.namespace, name: metadata.name });
      }
      return sendJson(response, 200, { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success' });
    default:
      throw new StatusError(405, 'MethodNotAllowed', `the server does not allow this method on the requested resource`);
  }
}

/** A subresource that the kind has not is told as an absent object. Source: apiextensions-apiserver, customresource_handler.go. */
function requireSubresource({ kind, name = '', subresource }: ApiRequest): void {
  if (subresource === undefined || (subresource === 'status' && kind.hasStatus)) return;
  throw notFound(kind, name);
}

function verbOf(method: string, { name, query, headers }: ApiRequest): string {
  if (method === 'GET' && ['true', '1'].includes(query.get('watch') ?? '')) return 'watch';
  if (method === 'GET') return name === undefined ? 'list' : 'get';
  if (method === 'POST') return 'create';
  if (method === 'PUT') return 'update';
  if (method === 'PATCH') return headers.contentType.startsWith('application/apply-patch') ? 'apply' : 'patch';
  if (method === 'DELETE') return name === undefined ? 'deletecollection' : 'delete';
  return 'unknown';
}

const MAX_BODY_BYTES = 3 * 1024 * 1024;

async function readBody(incoming: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of incoming) {
    size += chunk.length;
    if (size > MAX_BODY_BYTES) throw new StatusError(413, 'RequestEntityTooLarge', 'the request body is too large');
    chunks.push(chunk);
  }
  if (size === 0) return undefined;
  const body = Buffer.concat(chunks);
  if (isProtobufBody(body)) return decodeProtobufBody(body);
  const text = body.toString('utf8');
  try {
    return /yaml/.test(incoming.headers['content-type'] ?? '') ? load(text, { schema: CORE_SCHEMA }) : JSON.parse(text);
  } catch (error) {
    throw badRequest(`the body cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function sendResult(response: ServerResponse, { code, body, warnings }: WriteResult): void {
  if (warnings.length > 0)
    response.setHeader(
      'warning',
      warnings.map((text) => `299 - ${JSON.stringify(text)}`),
    );
  sendJson(response, code, body);
}

function sendJson(response: ServerResponse, code: number, body: Json): void {
  if (response.headersSent) return void response.destroy();
  if (code === 429) response.setHeader('retry-after', '1'); // as the real server does whenever it sheds load
  response.writeHead(code, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}

function sendText(response: ServerResponse, text: string, code = 200): void {
  send(response, 'text/plain', text, code);
}

function send(response: ServerResponse, contentType: string, body: string | Buffer, code = 200): void {
  response.writeHead(code, { 'content-type': contentType });
  response.end(body);
}
