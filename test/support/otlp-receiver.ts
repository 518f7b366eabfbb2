import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A span as OTLP has it in JSON, its attributes as an object. */
export interface ReceivedSpan {
  readonly name: string;
  readonly spanId: string;
  readonly traceId: string;
  readonly parentSpanId: string | undefined;
  /** 1 internal, 3 client. */
  readonly kind: number;
  readonly isError: boolean;
  readonly attributes: Readonly<Record<string, unknown>>;
}

/** A collector on loopback that takes traces in OTLP over HTTP. */
export interface OtlpReceiver {
  readonly url: string;
  /** Of all requests in JSON so far. */
  readonly spans: ReceivedSpan[];
  /** Attributes of the process that sent last. */
  readonly resource: () => Readonly<Record<string, unknown>>;
  readonly requests: { readonly headers: IncomingHttpHeaders; readonly path: string; readonly body: Buffer }[];
  /** `hang` never answers. */
  behave(how: 'take' | 'refuse' | 'hang'): void;
  stop(): Promise<void>;
}

export async function startOtlpReceiver(): Promise<OtlpReceiver> {
  const requests: { headers: IncomingHttpHeaders; path: string; body: Buffer }[] = [];
  const spans: ReceivedSpan[] = [];
  let resource: Readonly<Record<string, unknown>> = {};
  let behaviour: 'take' | 'refuse' | 'hang' = 'take';
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = Buffer.concat(chunks);
    requests.push({ headers: request.headers, path: request.url ?? '', body });
    if (behaviour === 'hang') return;
    if (behaviour === 'refuse') {
      response.writeHead(400).end();
      return;
    }
    if (request.headers['content-type'] === 'application/json') {
      const { resourceSpans } = JSON.parse(body.toString()) as OtlpTraces;
      for (const each of resourceSpans) {
        resource = toObject(each.resource.attributes);
        for (const scope of each.scopeSpans) spans.push(...scope.spans.map(toSpan));
      }
    }
    response.writeHead(200, { 'content-type': request.headers['content-type'] }).end('{}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    spans,
    requests,
    resource: () => resource,
    behave(how) {
      behaviour = how;
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** `spans` as lines of text, children indented below their parents, each level in the order of the names given out. */
export function treeOf(spans: readonly ReceivedSpan[], parent?: string, indent = ''): string[] {
  return spans
    .filter(({ parentSpanId }) => parentSpanId === parent)
    .flatMap((span) => [`${indent}${span.name}`, ...treeOf(spans, span.spanId, `${indent}  `)]);
}

interface OtlpAttribute {
  readonly key: string;
  readonly value: Readonly<Record<string, unknown>>;
}

interface OtlpSpan {
  readonly name: string;
  readonly spanId: string;
  readonly traceId: string;
  readonly parentSpanId?: string;
  readonly kind: number;
  readonly status?: { readonly code?: number };
  readonly startTimeUnixNano: string;
  readonly attributes: readonly OtlpAttribute[];
}

interface OtlpTraces {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: readonly OtlpAttribute[] };
    readonly scopeSpans: readonly { readonly spans: readonly OtlpSpan[] }[];
  }[];
}

function toSpan({ name, spanId, traceId, parentSpanId, kind, status, attributes }: OtlpSpan): ReceivedSpan {
  const isError = status?.code === 2;
  return {
    name,
    spanId,
    traceId,
    parentSpanId: parentSpanId || undefined,
    kind,
    isError,
    attributes: toObject(attributes),
  };
}

function toObject(attributes: readonly OtlpAttribute[]): Readonly<Record<string, unknown>> {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]]));
}
