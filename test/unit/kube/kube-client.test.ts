import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { systemClock } from '../../../src/base/clock.ts';
import { TransientError } from '../../../src/base/errors.ts';
import { KubeApiError } from '../../../src/kube/kube-api-error.ts';
import { KubeClient } from '../../../src/kube/kube-client.ts';
import { plainConnection } from '../../support/plain-connection.ts';

const WIDGETS = { group: 'example.dev', version: 'v1', plural: 'widgets', namespace: 'team' };
const signal = new AbortController().signal;
const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

test('get returns undefined for an absent object, and throws for a kind that is not served', async () => {
  const client = await serve((_, response) => answer(response, 404, { reason: 'NotFound', message: 'no' }));
  expect(await client.get({ ...WIDGETS, name: 'one' }, signal)).toBeUndefined();
  const plain = await serve((_, response) => response.writeHead(404).end('404 page not found'));
  await expect(plain.get({ ...WIDGETS, name: 'one' }, signal)).rejects.toThrow(KubeApiError);
});

test('an error carries status, reason and details of the Status object', async () => {
  const details = { causes: [{ reason: 'FieldManagerConflict' }] };
  const client = await serve((_, response) => answer(response, 409, { reason: 'Conflict', message: 'taken', details }));
  const error = await client
    .apply({ ...WIDGETS, name: 'one' }, named('one'), { fieldManager: 'me' }, signal)
    .catch((e) => e);
  expect(error).toMatchObject({ status: 409, reason: 'Conflict', details });
});

test('a server that is not there is KubernetesUnreachable', async () => {
  const connection = plainConnection('http://127.0.0.1:1');
  const client = new KubeClient({ connection, clock: systemClock, random: () => 0, userAgent: 'test' });
  const error = await client.patch({ ...WIDGETS, name: 'one' }, {}, 'merge', signal).catch((e) => e);
  expect(error).toBeInstanceOf(TransientError);
  expect(error.reason).toBe('KubernetesUnreachable');
  await connection.close();
});

test('a patch is sent once with its content type', async () => {
  const seen: string[] = [];
  const client = await serve((request, response) => {
    seen.push(`${request.method} ${request.url} ${request.headers['content-type']}`);
    answer(response, 500, { reason: 'InternalError', message: 'no' });
  });
  await expect(client.patch({ ...WIDGETS, name: 'a b', subresource: 'status' }, [], 'json', signal)).rejects.toThrow();
  expect(seen).toEqual(['PATCH /apis/example.dev/v1/namespaces/team/widgets/a%20b/status application/json-patch+json']);
});

test('a list leaves out managed fields and names the next page', async () => {
  const client = await serve((_, response) =>
    answer(response, 200, {
      apiVersion: 'example.dev/v1',
      kind: 'WidgetList',
      metadata: { resourceVersion: '7', continue: 'token' },
      items: [{ metadata: { name: 'one', managedFields: [{}] } }],
    }),
  );
  expect(await client.list(WIDGETS, { limit: 1 }, signal)).toEqual({
    items: [{ apiVersion: 'example.dev/v1', kind: 'Widget', metadata: { name: 'one' } }],
    resourceVersion: '7',
    continueToken: 'token',
  });
});

test('a watch yields an event whose line came in pieces, and ends when the server ends it', async () => {
  const client = await serve((_, response) => {
    response.writeHead(200);
    response.write('{"type":"ADDED","object":{"metadata":');
    response.end('{"name":"one"}}}\n');
  });
  const events: unknown[] = [];
  for await (const event of client.watch(WIDGETS, { resourceVersion: '1' }, signal)) events.push(event);
  expect(events).toEqual([{ type: 'ADDED', object: { metadata: { name: 'one' } } }]);
});

test('a watch that is cut throws, so that nobody takes it for an end', async () => {
  const client = await serve((_, response) => {
    response.writeHead(200);
    response.write('{"type":"ADDED","object":{"metadata":{"name":"one"}}}\n', () => response.destroy());
  });
  const read = async () => {
    for await (const _ of client.watch(WIDGETS, { resourceVersion: '1' }, signal));
  };
  await expect(read()).rejects.toThrow(TransientError);
});

async function serve(handle: (request: IncomingMessage, response: ServerResponse) => void): Promise<KubeClient> {
  const server = createServer(handle);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const connection = plainConnection(`http://127.0.0.1:${port}`);
  stops.push(async () => {
    await connection.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return new KubeClient({ connection, clock: systemClock, random: () => 0, userAgent: 'test' });
}

function answer(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}

function named(name: string) {
  return { apiVersion: 'example.dev/v1', kind: 'Widget', metadata: { name } };
}
