import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Agent, type buildConnector, type Dispatcher } from 'undici';
import { answer, forwardRequest, type IncomingRequest, readRequest } from './forward-request.ts';
import { type ProxyFault, statusBody } from './proxy-fault.ts';
import { initialEvents, isList, isStreamingList, isWatch, watchAfter } from './stale-list.ts';
import { WatchPipe } from './watch-pipe.ts';

export interface FaultProxyOptions {
  /** Base URL of the API without a closing slash. */
  readonly server: string;
  /** How the proxy proves to the server who it is; its clients need no proof then. */
  readonly connect?: buildConnector.BuildOptions;
  /** 0 up to, not including, 1: draws whom a fault meets that meets a share of the requests. */
  random(): number;
}

/** A request that was answered by the server, whether or not the client heard of it. */
export interface ProxiedRequest {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  /** Of AWS's Query protocol: `CreateRole`. */
  readonly action?: string;
  readonly userAgent: string;
  readonly status: number;
  /** By `Date.now`, when it had come in whole. */
  readonly atMs: number;
}

/** A proxy before the Kubernetes API or AWS, plain HTTP on loopback, that faults can be asked of. */
export interface FaultProxy {
  readonly url: string;
  /** Begins `fault` and returns what ends it, which may be called for those that are over at once too. */
  begin(fault: ProxyFault): () => void;
  /** Lists `paths` now, for the fault `Stale`. */
  remember(paths: readonly string[]): Promise<void>;
  /** In the order of the answers. */
  requests(): readonly ProxiedRequest[];
  forgetRequests(): void;
  /** Watches that are open now. */
  watchCount(): number;
  stop(): Promise<void>;
}

export async function startFaultProxy(options: FaultProxyOptions): Promise<FaultProxy> {
  const upstream = new Agent(options.connect === undefined ? {} : { connect: options.connect });
  const standing = new Set<ProxyFault>();
  const watches = new Set<WatchPipe>();
  const requests: ProxiedRequest[] = [];
  let memory = new Map<string, string>();
  let thawed: PromiseWithResolvers<void> | undefined;

  const active = <K extends ProxyFault['kind']>(kind: K) =>
    [...standing].filter((fault): fault is Extract<ProxyFault, { kind: K }> => fault.kind === kind);
  const meets = (fault: { readonly share: number }) => options.random() < fault.share;

  async function handle(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const request = await readRequest(incoming);
    const atMs = Date.now();
    await thawed?.promise;
    if (outgoing.destroyed) return;
    const [path = ''] = request.url.split('?');
    if (active('ResetRequests').some(({ pathEnd }) => path.endsWith(pathEnd))) return reset(outgoing);
    const storm = active('Storm').find(meets);
    if (storm !== undefined) return answerStorm(outgoing, storm.status);
    const remembered = active('Stale').length > 0 ? memory.get(path) : undefined;
    if (remembered === undefined) return serve(request, atMs, outgoing);
    if (isList(request)) return answer(outgoing, 200, remembered, { 'content-type': 'application/json' });
    if (!isStreamingList(request)) return serve(request, atMs, outgoing);
    await serve(watchAfter(request, remembered), atMs, outgoing, initialEvents(remembered));
  }

  /** `before` is what a watch says before the server does. */
  async function serve(request: IncomingRequest, atMs: number, outgoing: ServerResponse, before = ''): Promise<void> {
    const response = await forwardRequest(request, options.server, upstream);
    requests.push({ ...recordOf(request), status: response.statusCode, atMs });
    if (isWatch(request) && response.statusCode === 200) return openWatch(response.body, outgoing, before);
    const text = await response.body.text();
    await thawed?.promise;
    if (active('LoseAnswers').some(meets)) return reset(outgoing);
    answer(outgoing, response.statusCode, text, response.headers);
  }

  function openWatch(stream: Dispatcher.ResponseData['body'], outgoing: ServerResponse, before: string): void {
    outgoing.writeHead(200, { 'content-type': 'application/json' });
    outgoing.flushHeaders();
    if (before !== '') outgoing.write(before);
    const pipe = new WatchPipe(stream, outgoing);
    watches.add(pipe);
    outgoing.on('close', () => watches.delete(pipe));
    settle(pipe);
  }

  /** What stands at the moment, for one watch. */
  function settle(watch: WatchPipe): void {
    watch.delay(Math.max(0, ...active('DelayWatches').map(({ delayMs }) => delayMs)));
    const holding = [...active('StallWatches'), ...active('Stale'), ...active('Freeze')];
    if (holding.length > 0) watch.hold();
    else watch.release();
  }

  function endFreeze(thenClose: boolean): void {
    if (thenClose) server.closeAllConnections();
    if (active('Freeze').length > 0) return;
    thawed?.resolve();
    thawed = undefined;
  }

  const server = createServer((incoming, outgoing) => {
    // A client that went, or a server that did: either way the connection is all that can tell.
    handle(incoming, outgoing).catch(() => reset(outgoing));
  });
  server.keepAliveTimeout = 120_000;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    begin(fault) {
      if (!isStanding(fault)) {
        for (const watch of watches) strike(watch, fault);
        return () => undefined;
      }
      standing.add(fault);
      if (fault.kind === 'Freeze') thawed ??= Promise.withResolvers();
      for (const watch of watches) settle(watch);
      return () => {
        if (!standing.delete(fault)) return;
        if (fault.kind === 'Freeze') endFreeze(fault.thenClose);
        for (const watch of watches) settle(watch);
      };
    },
    async remember(paths) {
      const list = async (url: string) => {
        const request = { method: 'GET', url, headers: {}, body: Buffer.alloc(0) };
        return [url, await (await forwardRequest(request, options.server, upstream)).body.text()] as const;
      };
      memory = new Map(await Promise.all(paths.map(list)));
    },
    requests: () => [...requests],
    forgetRequests: () => void requests.splice(0),
    watchCount: () => watches.size,
    async stop() {
      thawed?.resolve();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await upstream.destroy();
    },
  };
}

type WatchStrike = Extract<
  ProxyFault,
  { kind: 'ResetWatches' | 'TruncateWatches' | 'FailWatches' | 'HalfOpenWatches' }
>;

function isStanding(fault: ProxyFault): fault is Exclude<ProxyFault, WatchStrike> {
  return !['ResetWatches', 'TruncateWatches', 'FailWatches', 'HalfOpenWatches'].includes(fault.kind);
}

function strike(watch: WatchPipe, fault: WatchStrike): void {
  switch (fault.kind) {
    case 'ResetWatches':
      return watch.reset();
    case 'TruncateWatches':
      return watch.truncate(fault.clean ? 'Clean' : 'Broken');
    case 'FailWatches':
      return watch.fail(fault.code);
    case 'HalfOpenWatches':
      return watch.silence();
    default:
      return fault satisfies never;
  }
}

function recordOf({ method, url, headers, body }: IncomingRequest): Omit<ProxiedRequest, 'status' | 'atMs'> {
  const isForm = headers['content-type']?.startsWith('application/x-www-form-urlencoded') === true;
  const action = isForm ? new URLSearchParams(body.toString()).get('Action') : null;
  const userAgent = headers['user-agent'] ?? '';
  return { method, path: url, userAgent, ...(action === null ? {} : { action }) };
}

function answerStorm(outgoing: ServerResponse, status: number): void {
  const retryAfter = status === 429 || status === 503 ? '1' : undefined;
  const headers = { 'content-type': 'application/json', 'retry-after': retryAfter };
  answer(outgoing, status, JSON.stringify(statusBody(status)), headers);
}

function reset(outgoing: ServerResponse): void {
  outgoing.socket?.resetAndDestroy();
}
