import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One request as AWS would read it. */
export interface WireRequest {
  /** `CreateRole` for IAM, `POST /clusters/…` for EKS. */
  readonly action: string;
  /** Parameters of an IAM request; of an EKS request its query. */
  readonly params: Readonly<Record<string, string>>;
  /** Body of an EKS request. */
  readonly body: string;
  readonly userAgent: string;
}

export type WireAnswer =
  | { readonly status: number; readonly type: string; readonly body: string; readonly headers?: Record<string, string> }
  | 'LostConnection'
  | 'Silence';

/** An HTTP server that answers each request with what `answer` returns, and keeps a record of what came. */
export async function startScriptedAws(answer: (request: WireRequest, index: number) => WireAnswer) {
  const requests: WireRequest[] = [];
  const server = createServer(async (incoming, response) => {
    const request = await toWireRequest(incoming);
    requests.push(request);
    respond(response, answer(request, requests.length - 1));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    endpoint: `http://127.0.0.1:${port}`,
    requests,
    async stop(): Promise<void> {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** A successful answer of IAM to `action`. */
export function iamAnswer(action: string, result = ''): WireAnswer {
  const body =
    `<${action}Response xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><${action}Result>${result}</${action}Result>` +
    `<ResponseMetadata><RequestId>r</RequestId></ResponseMetadata></${action}Response>`;
  return { status: 200, type: 'text/xml', body };
}

export function iamError(status: number, code: string, message = `${code} it is`): WireAnswer {
  const body =
    `<ErrorResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><Error><Type>Sender</Type><Code>${code}</Code>` +
    `<Message>${message}</Message></Error><RequestId>r</RequestId></ErrorResponse>`;
  return { status, type: 'text/xml', body };
}

export function eksAnswer(value: unknown): WireAnswer {
  return { status: 200, type: 'application/json', body: JSON.stringify(value) };
}

export function eksError(status: number, code: string, message = `${code} it is`): WireAnswer {
  const body = JSON.stringify({ message });
  return { status, type: 'application/json', body, headers: { 'x-amzn-errortype': code } };
}

async function toWireRequest(incoming: IncomingMessage): Promise<WireRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  const body = Buffer.concat(chunks).toString('utf8');
  const url = new URL(incoming.url ?? '/', 'http://localhost');
  const userAgent = incoming.headers['user-agent'] ?? '';
  const form = new URLSearchParams(body);
  const iamAction = url.pathname === '/' ? form.get('Action') : null;
  if (iamAction !== null) {
    const { Action: _action, Version: _version, ...params } = Object.fromEntries(form);
    return { action: iamAction, params, body: '', userAgent };
  }
  const action = `${incoming.method} ${url.pathname}`;
  return { action, params: Object.fromEntries(url.searchParams), body, userAgent };
}

function respond(response: ServerResponse, answer: WireAnswer): void {
  if (answer === 'Silence') return;
  if (answer === 'LostConnection') {
    response.destroy();
    return;
  }
  response.writeHead(answer.status, { 'content-type': answer.type, ...answer.headers }).end(answer.body);
}
