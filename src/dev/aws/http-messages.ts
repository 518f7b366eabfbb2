import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AwsAnswer, AwsRequest } from './answer-request.ts';

const MAX_BODY_BYTES = 1_000_000;

/** The whole request. Rejects when its body is larger than anything AWS takes, or when the client goes before its end. */
export async function readRequest(incoming: IncomingMessage): Promise<AwsRequest> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of incoming) {
    bytes += chunk.length;
    if (bytes > MAX_BODY_BYTES) throw new Error('the request is too large');
    chunks.push(chunk);
  }
  return {
    method: incoming.method ?? 'GET',
    url: new URL(incoming.url ?? '/', 'http://127.0.0.1'),
    authorization: incoming.headers.authorization,
    body: Buffer.concat(chunks).toString('utf8'),
  };
}

/** Writes the whole answer. */
export function send(response: ServerResponse, answer: AwsAnswer): void {
  response.writeHead(answer.status, { ...answer.headers, 'content-length': Buffer.byteLength(answer.body) });
  response.end(answer.body);
}
