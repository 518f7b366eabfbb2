import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Agent, buildConnector } from 'undici';
import { afterEach, expect, test } from 'vitest';
import { silentLogger } from '../../../src/base/logger.ts';
import type { PassContextOf } from '../../../src/base/pass-context.ts';
import { noTrace, type RequestEnd, type TracedRequest } from '../../../src/base/pass-trace.ts';
import { KubeClient } from '../../../src/kube/kube-client.ts';
import type { KubeConnection } from '../../../src/kube/kube-connection.ts';
import type { KubeRequestRecord } from '../../../src/kube/kube-request.ts';
import { ManualClock, settle } from '../../support/manual-clock.ts';

const PODS = { group: '', version: 'v1', plural: 'pods', namespace: 'shop' };
const POD = { ...PODS, name: 'web' };
const never = new AbortController().signal;

interface Seen {
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly contentType: string | undefined;
  readonly authorization: string | undefined;
  readonly body: unknown;
}
type Answer = (response: ServerResponse, request: IncomingMessage) => void;

const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

interface ClientFields {
  readonly random?: number;
  readonly beforeWrite?: () => void;
  readonly dispatcher?: Agent;
  readonly authorize?: KubeConnection['authorize'];
  readonly contextOf?: PassContextOf;
}

/** A client of a server that gives the answers one after another, the last one again and again. */
async function clientOf(first: ClientFields | Answer, ...rest: Answer[]) {
  const [fields, answers]: [ClientFields, Answer[]] =
    typeof first === 'function' ? [{}, [first, ...rest]] : [first, rest];
  const seen: Seen[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const text = Buffer.concat(chunks).toString();
      const { method, url, headers } = request;
      const body: unknown = text === '' ? undefined : JSON.parse(text);
      seen.push({ method, url, contentType: headers['content-type'], authorization: headers.authorization, body });
      answers[Math.min(seen.length, answers.length) - 1]?.(response, request);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const dispatcher = fields.dispatcher ?? new Agent();
  closers.push(async () => {
    await dispatcher.destroy();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  const clock = new ManualClock();
  const records: KubeRequestRecord[] = [];
  const kube = new KubeClient({
    connection: {
      server: `http://127.0.0.1:${port}`,
      namespace: 'default',
      dispatcher,
      authorize:
        fields.authorize ??
        (async (headers) => {
          headers.authorization = 'Bearer token';
        }),
      close: () => dispatcher.close(),
    },
    clock,
    random: () => fields.random ?? 0.5,
    userAgent: 'test',
    onRequest: (record) => records.push(record),
    beforeWrite: fields.beforeWrite ?? (() => undefined),
    ...(fields.contextOf === undefined ? {} : { contextOf: fields.contextOf }),
  });
  return { kube, clock, seen, records };
}

function json(status: number, body: unknown, headers: Record<string, string> = {}): Answer {
  return (response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(JSON.stringify(body));
  };
}

function statusBody(code: number, reason: string, message: string) {
  return { kind: 'Status', apiVersion: 'v1', status: 'Failure', code, reason, message, details: { name: 'web' } };
}

const silence: Answer = () => undefined;
const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'web', namespace: 'shop', resourceVersion: '7' } };

/** Runs `step` on and on until `promise` has settled; for what needs both the network and the clock. */
async function whileWaiting<T>(promise: Promise<T>, step: () => Promise<void>): Promise<T> {
  let done = false;
  void promise.then(
    () => {
      done = true;
    },
    () => {
      done = true;
    },
  );
  while (!done) await step();
  return promise;
}

test('a read that is answered 429 is sent again after the time the server asks for', async () => {
  const { kube, clock, seen } = await clientOf(
    json(429, statusBody(429, 'TooManyRequests', 'slow down'), { 'retry-after': '3' }),
    json(200, pod),
  );
  expect(await whileWaiting(kube.get(POD, never), () => clock.advance(100))).toEqual(pod);
  expect(seen.length).toBe(2);
  expect(clock.monotonicMs()).toBeGreaterThanOrEqual(3_000);
});

test('a read that is answered 503 without a time to wait is sent again after a second', async () => {
  const { kube, clock, seen } = await clientOf(
    json(503, statusBody(503, 'ServiceUnavailable', 'starting')),
    json(200, pod),
  );
  expect(await whileWaiting(kube.get(POD, never), () => clock.advance(100))).toEqual(pod);
  expect(seen.length).toBe(2);
  expect(clock.monotonicMs()).toBeGreaterThanOrEqual(1_000);
});

test('a write that is shed with 429 and a Retry-After is sent again after that time', async () => {
  const { kube, clock, seen } = await clientOf(
    json(429, statusBody(429, 'TooManyRequests', 'slow down'), { 'retry-after': '2' }),
    json(201, pod),
  );
  expect(await whileWaiting(kube.create(PODS, pod, never), () => clock.advance(100))).toEqual(pod);
  expect(seen.length).toBe(2);
  expect(clock.monotonicMs()).toBeGreaterThanOrEqual(2_000);
});

test.each([
  ['a read three times', 'get', 3],
  ['a write three times', 'create', 3],
] as const)('a server that sheds everything is asked %s and no more', async (_, verb, times) => {
  const { kube, clock, seen } = await clientOf(
    json(429, statusBody(429, 'TooManyRequests', 'slow down'), { 'retry-after': '1' }),
  );
  const answer = verb === 'get' ? kube.get(POD, never) : kube.create(PODS, pod, never);
  await expect(whileWaiting(answer, () => clock.advance(100))).rejects.toMatchObject({ status: 429 });
  expect(seen.length).toBe(times);
});

test.each([
  ['a write without a Retry-After', 'create', {}],
  ['a read that is to wait for longer than ten seconds', 'get', { 'retry-after': '11' }],
] as const)('429 on %s is told at once', async (_, verb, headers) => {
  const { kube, seen } = await clientOf(json(429, statusBody(429, 'TooManyRequests', 'slow down'), headers));
  const answer = verb === 'get' ? kube.get(POD, never) : kube.create(PODS, pod, never);
  await expect(answer).rejects.toMatchObject({ status: 429 });
  expect(seen.length).toBe(1);
});

test('credentials that cannot be read within a minute are told as such, and an abort ends the wait', async () => {
  const { kube, clock, seen } = await clientOf({ authorize: () => new Promise(() => undefined) }, silence);
  await expect(whileWaiting(kube.get(POD, never), () => clock.advance(1_000))).rejects.toMatchObject({
    reason: 'KubernetesUnreachable',
    message: expect.stringContaining('no credentials for the Kubernetes API'),
  });
  expect(clock.monotonicMs()).toBeGreaterThanOrEqual(60_000);
  expect(clock.monotonicMs()).toBeLessThanOrEqual(65_000);
  const caller = new AbortController();
  const answer = kube.get(POD, caller.signal);
  const reason = new Error('no longer needed');
  caller.abort(reason);
  await expect(answer).rejects.toBe(reason);
  expect(seen).toEqual([]);
});

test('a write that is answered 503 is not sent again', async () => {
  const body = statusBody(503, 'ServiceUnavailable', 'starting');
  const { kube, seen } = await clientOf(json(503, body, { 'retry-after': '1' }));
  await expect(kube.create(PODS, pod, never)).rejects.toMatchObject({ status: 503 });
  expect(seen.length).toBe(1);
});

test('delete names the object it means by uid, and takes an absent one for deleted', async () => {
  const { kube, seen } = await clientOf(json(404, statusBody(404, 'NotFound', 'pods "web" not found')));
  await kube.delete(POD, { uid: 'u1' }, never);
  expect(seen[0]).toMatchObject({
    method: 'DELETE',
    body: { apiVersion: 'v1', kind: 'DeleteOptions', preconditions: { uid: 'u1' } },
  });
});

test('a server that cannot be reached is a transient error that names it', async () => {
  const { kube, records } = await clientOf((response) => response.destroy());
  await expect(kube.get(POD, never)).rejects.toMatchObject({
    name: 'TransientError',
    reason: 'KubernetesUnreachable',
    message: expect.stringMatching(
      /^no answer from the Kubernetes API at http:\/\/127\.0\.0\.1:\d+ \(get pods shop\/web\): UND_ERR_SOCKET/,
    ),
  });
  expect(records).toEqual([{ verb: 'get', resource: 'pods', status: 'error', seconds: 0 }]);
});

test('a request that gets no answer within 30 seconds is a transient error', async () => {
  const { kube, clock } = await clientOf(silence);
  const answer = kube.get(POD, never);
  await expect(whileWaiting(answer, () => clock.advance(1_000))).rejects.toMatchObject({
    reason: 'KubernetesUnreachable',
  });
  expect(clock.monotonicMs()).toBeGreaterThanOrEqual(30_000);
  expect(clock.monotonicMs()).toBeLessThanOrEqual(35_000); // the clock moves on while the error finds its way
});

test('an aborted request rejects with the reason of its signal', async () => {
  const { kube } = await clientOf(silence);
  const caller = new AbortController();
  const answer = kube.get(POD, caller.signal);
  const reason = new Error('no longer needed');
  caller.abort(reason);
  await expect(answer).rejects.toBe(reason);
});

test('an answer that is no JSON is taken for one of something else than the API server', async () => {
  const { kube } = await clientOf((response) => response.end('<html>log in</html>'));
  await expect(kube.get(POD, never)).rejects.toMatchObject({ reason: 'KubernetesUnreachable' });
});

test('watch yields events and bookmarks in order, lines split anywhere, and ends with the server', async () => {
  const added = { type: 'ADDED', object: { metadata: { name: 'häuser', managedFields: [] } } };
  const bookmark = { type: 'BOOKMARK', object: { kind: 'Pod', metadata: { resourceVersion: '9' } } };
  const text = Buffer.from(`${JSON.stringify(added)}\n${JSON.stringify(bookmark)}\n{"type":"MODIF`);
  const { kube, seen, records } = await clientOf(async (response) => {
    for (let start = 0; start < text.length; start += 7) {
      response.write(text.subarray(start, start + 7));
      await settle();
    }
    response.end();
  });
  const events = await collect(kube.watch(PODS, { resourceVersion: '5' }, never));
  expect(events).toEqual([
    { type: 'ADDED', object: { metadata: { name: 'häuser' } } },
    { type: 'BOOKMARK', object: { metadata: { resourceVersion: '9' } } },
  ]);
  expect(seen[0]?.url).toBe(
    '/api/v1/namespaces/shop/pods?watch=true&allowWatchBookmarks=true&timeoutSeconds=450&resourceVersion=5',
  );
  expect(records).toEqual([{ verb: 'watch', resource: 'pods', status: 200, seconds: 0 }]);
});

test('watch finds a half-open connection half a minute after the server should have ended it', async () => {
  const { kube, clock } = await clientOf((response) => {
    response.writeHead(200);
    response.flushHeaders();
  });
  const events = collect(kube.watch(PODS, { resourceVersion: '5', timeoutSeconds: 60 }, never));
  await expect(whileWaiting(events, () => clock.advance(1_000))).rejects.toMatchObject({
    reason: 'KubernetesUnreachable',
  });
  expect(clock.monotonicMs()).toBeGreaterThanOrEqual(90_000);
  expect(clock.monotonicMs()).toBeLessThanOrEqual(95_000); // the clock moves on while the error finds its way
});

test('a watch asks the server to end it after 5 to 10 minutes, by chance', async () => {
  const asked = async (random: number) => {
    const { kube, seen } = await clientOf({ random }, (response) => response.end());
    await collect(kube.watch(PODS, { resourceVersion: '5' }, never));
    return new URL(seen[0]?.url ?? '', 'http://localhost').searchParams.get('timeoutSeconds');
  };
  expect([await asked(0), await asked(0.999)]).toEqual(['300', '599']);
});

test('a streaming list is asked for with how fresh it must be, and its end is told apart from other bookmarks', async () => {
  const metadata = { resourceVersion: '9', annotations: { 'k8s.io/initial-events-end': 'true' } };
  const end = { type: 'BOOKMARK', object: { kind: 'Pod', metadata } };
  const { kube, seen } = await clientOf((response) => response.end(`${JSON.stringify(end)}\n`));
  expect(await collect(kube.watch(PODS, { sendInitialEvents: true }, never))).toEqual([
    { type: 'BOOKMARK', object: { metadata } },
  ]);
  expect(seen[0]?.url).toBe(
    '/api/v1/namespaces/shop/pods?watch=true&allowWatchBookmarks=true&timeoutSeconds=450&sendInitialEvents=true&resourceVersionMatch=NotOlderThan',
  );
});

test.each([
  ['a watch for three minutes', { resourceVersion: '5' }, [], 180_000],
  ['a streaming list for half a minute', { sendInitialEvents: true as const }, [], 30_000],
  ['a streaming list for half a minute after a usual bookmark', { sendInitialEvents: true as const }, [{}], 30_000],
  [
    'a watch for three minutes after its last bookmark',
    { sendInitialEvents: true as const },
    [{ annotations: { 'k8s.io/initial-events-end': 'true' } }, {}],
    180_000,
  ],
])('silence on %s is taken for a connection that leads nowhere', async (_, options, bookmarks, quietMs) => {
  const { kube, clock } = await clientOf((response) => {
    response.writeHead(200);
    response.flushHeaders();
    for (const fields of bookmarks) {
      const object = { metadata: { resourceVersion: '90', ...fields } };
      response.write(`${JSON.stringify({ type: 'BOOKMARK', object })}\n`);
    }
  });
  const events = kube.watch(PODS, options, never);
  for (const _ of bookmarks) await events.next();
  const next = events.next();
  await settle();
  const startMs = clock.monotonicMs();
  await expect(whileWaiting(next, () => clock.advance(1_000))).rejects.toMatchObject({
    reason: 'KubernetesUnreachable',
  });
  const waitedMs = clock.monotonicMs() - startMs;
  expect(waitedMs).toBeGreaterThanOrEqual(quietMs - 1_000);
  expect(waitedMs).toBeLessThanOrEqual(quietMs + 5_000); // the clock moves on while the error finds its way
});

test('lists, in pages and streaming, name no version: they are consistent reads and not served from an old cache', async () => {
  const page = { kind: 'PodList', metadata: { resourceVersion: '9' }, items: [] };
  const { kube, seen } = await clientOf(json(200, page));
  await kube.list(PODS, { limit: 500 }, never);
  await kube.list(PODS, {}, never);
  await kube
    .watch(PODS, { sendInitialEvents: true }, never)
    .next()
    .catch(() => undefined);
  const versions = seen.map(({ url }) => new URL(url ?? '', 'http://localhost').searchParams.get('resourceVersion'));
  expect(versions).toEqual([null, null, null]);
});

test('a list that names no version is refused, as nothing could be watched from it', async () => {
  const { kube } = await clientOf(json(200, { kind: 'PodList', metadata: {}, items: [] }));
  await expect(kube.list(PODS, {}, never)).rejects.toThrow(TypeError);
});

test('watch ends with the reason of its signal when that aborts between events', async () => {
  const { kube } = await clientOf((response) => {
    response.write(`${JSON.stringify({ type: 'ADDED', object: pod })}\n`);
  });
  const caller = new AbortController();
  const events = kube.watch(PODS, { resourceVersion: '5' }, caller.signal);
  await events.next();
  const next = events.next();
  const reason = new Error('stopping');
  caller.abort(reason);
  await expect(next).rejects.toBe(reason);
});

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

test('beforeWrite is asked before each write, and what it throws ends the call before anything is sent', async () => {
  const lost = new Error('the lease is lost');
  const refuse = () => {
    throw lost;
  };
  const { kube, seen, records } = await clientOf({ beforeWrite: refuse }, json(200, pod));
  await kube.get(POD, never);
  await expect(kube.create(PODS, pod, never)).rejects.toBe(lost);
  await expect(kube.patch(POD, {}, 'merge', never)).rejects.toBe(lost);
  await expect(kube.delete(POD, {}, never)).rejects.toBe(lost);
  expect(seen.map(({ method }) => method)).toEqual(['GET']);
  expect(records.length).toBe(1);
});

test('a write that had to wait for its connection is not sent when it may not be any more by then', async () => {
  const connecting = Promise.withResolvers<void>();
  const connect = buildConnector({});
  const dispatcher = new Agent({
    connect: (options, callback) => void connecting.promise.then(() => connect(options, callback)),
  });
  const lost = new Error('the lease is lost');
  let mayWrite = true;
  const beforeWrite = () => {
    if (!mayWrite) throw lost;
  };
  const { kube, seen } = await clientOf({ beforeWrite, dispatcher }, json(201, pod));
  const writes = [kube.create(PODS, pod, never), kube.patch(POD, {}, 'merge', never), kube.delete(POD, {}, never)];
  const outcomes = Promise.allSettled(writes);
  await settle();
  mayWrite = false;
  connecting.resolve();
  expect(await outcomes).toEqual(writes.map(() => ({ status: 'rejected', reason: lost })));
  expect(seen).toEqual([]);
  mayWrite = true;
  expect(await kube.create(PODS, pod, never)).toEqual(pod);
});

test.each(['', '.', '..'])(
  'a request about an object called "%s" is not sent: it would be one about something else',
  async (name) => {
    const { kube, seen } = await clientOf(json(200, pod));
    await expect(kube.delete({ ...PODS, name }, {}, never)).rejects.toThrow('names nothing in Kubernetes');
    await expect(kube.get({ ...POD, namespace: name }, never)).rejects.toThrow('names nothing in Kubernetes');
    expect(seen).toEqual([]);
  },
);

test('each request of a pass is traced from its start to its answer, and one without an answer as such', async () => {
  const traced: [string, RequestEnd | undefined][] = [];
  const trace = {
    ...noTrace,
    request: (request: TracedRequest) => {
      const entry: (typeof traced)[number] = [
        'resource' in request ? `${request.verb} ${request.resource}` : '',
        undefined,
      ];
      traced.push(entry);
      return (end: RequestEnd) => {
        entry[1] = end;
      };
    },
  };
  const pass = new AbortController();
  const contextOf = (signal: AbortSignal) => (signal === pass.signal ? { log: silentLogger, trace } : undefined);
  const cut: Answer = (response) => response.destroy();
  const answers = [json(200, pod), json(404, statusBody(404, 'NotFound', 'gone')), cut, json(200, pod)];
  const { kube } = await clientOf({ contextOf }, ...answers);
  await kube.get(POD, pass.signal);
  await kube.get(POD, pass.signal);
  await expect(kube.get(POD, pass.signal)).rejects.toMatchObject({ reason: 'KubernetesUnreachable' });
  await kube.get(POD, never);
  expect(traced).toEqual([
    ['get pods', { status: 200 }],
    ['get pods', { status: 404, errorCode: '404' }],
    ['get pods', { errorCode: 'NoAnswer' }],
  ]);
});
