import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { type Dispatcher, request as send } from 'undici';

/** One request as it came, with its whole body. */
export interface IncomingRequest {
  readonly method: string;
  /** Path and query. */
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

export async function readRequest(incoming: IncomingMessage): Promise<IncomingRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk);
  const { method = '', url = '', headers } = incoming;
  return { method, url, headers, body: Buffer.concat(chunks) };
}

/** Sends `request` on to `server` and returns the answer as a stream, however long it takes. */
export function forwardRequest(
  { method, url, headers, body }: IncomingRequest,
  server: string,
  dispatcher: Dispatcher,
): Promise<Dispatcher.ResponseData> {
  const { host: _, connection: __, 'content-length': ___, 'transfer-encoding': ____, ...rest } = headers;
  return send(new URL(server + url), {
    method: method as Dispatcher.HttpMethod,
    headers: rest,
    body: body.length === 0 ? null : body,
    dispatcher,
    headersTimeout: 0,
    bodyTimeout: 0,
  });
}

/** Answers whole, with what clients read of the headers. A client that went away is no error. */
export function answer(
  outgoing: ServerResponse,
  status: number,
  text: string,
  headers: Readonly<Record<string, string | string[] | undefined>> = {},
): void {
  if (outgoing.destroyed) return;
  for (const name of PASSED_HEADERS) {
    const value = headers[name];
    if (value !== undefined) outgoing.setHeader(name, value);
  }
  outgoing.writeHead(status);
  outgoing.end(text);
}

const PASSED_HEADERS = ['content-type', 'retry-after', 'x-amzn-requestid', 'x-amzn-errortype'];
