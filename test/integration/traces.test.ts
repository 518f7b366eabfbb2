import { afterEach, beforeEach, expect, test } from 'vitest';
import { systemClock } from '../../src/base/clock.ts';
import { openTracer } from '../../src/telemetry/open-tracer.ts';
import { FLUSH_MS, type OpenTracer } from '../../src/telemetry/traced-process.ts';
import { type EmbeddedWorld, startEmbeddedWorld } from '../support/embedded-world.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { type OtlpReceiver, type ReceivedSpan, startOtlpReceiver, treeOf } from '../support/otlp-receiver.ts';
import { recordingLogger } from '../support/recording-logger.ts';

const UPLOADER = {
  subject: { serviceAccount: { name: 'uploader', via: ['IRSA'] } },
  grants: [{ dynamodb: { table: 'orders', access: ['Read'] } }],
};
const PROCESS = { controller: 'appaccess', version: '1.2.3', attributes: { 'k8s.cluster.name': 'demo' } };

let world: EmbeddedWorld;
let receiver: OtlpReceiver;
let log = recordingLogger();

beforeEach(async () => {
  log = recordingLogger();
  receiver = await startOtlpReceiver();
  world = await startEmbeddedWorld();
  process.env.OTEL_EXPORTER_OTLP_ENDPOINT = receiver.url;
});

afterEach(async () => {
  Reflect.deleteProperty(process.env, 'OTEL_EXPORTER_OTLP_ENDPOINT');
  Reflect.deleteProperty(process.env, 'OTEL_EXPORTER_OTLP_TIMEOUT');
  await world.stop();
  await receiver.stop();
});

function open(protocol: 'http/json' | 'http/protobuf' = 'http/json'): Promise<OpenTracer> {
  return openTracer({ protocol, share: 1 }, PROCESS, { clock: systemClock, log });
}

/** Runs a controller while `drive` does, and returns the traces that came of it, in the order in which they ended. */
async function traceWhile(drive: () => Promise<unknown>): Promise<readonly (readonly ReceivedSpan[])[]> {
  const traces = await open();
  const controller = await world.startController({ tracer: traces.tracer });
  await drive();
  await controller.stop();
  await traces.stop();
  const ids = [...new Set(receiver.spans.map(({ traceId }) => traceId))];
  return ids.map((id) => receiver.spans.filter(({ traceId }) => traceId === id));
}

test('a pass is one trace: its phases below it, and below each the requests that it made', async () => {
  const traces = await traceWhile(async () => {
    await world.createServiceAccount('uploader');
    await world.apply('uploader', UPLOADER);
    await world.untilReady('uploader');
  });
  const created = traces.find((spans) => spans.some(({ name }) => name === 'IAM/CreateRole')) ?? [];
  expect(treeOf(created)).toEqual([
    'reconcile appaccess',
    '  compile',
    '  PATCH appaccesses',
    '  observe',
    '    GET serviceaccounts',
    '  plan',
    '  apply',
    '    IAM/CreateRole',
    '    IAM/PutRolePolicy',
    '    PATCH serviceaccounts',
    '  report',
    '    PUT appaccesses/status',
  ]);
  const named = (wanted: string) => created.find(({ name }) => name === wanted);
  expect(named('reconcile appaccess')).toMatchObject({
    kind: 1,
    isError: false,
    attributes: {
      'k8s.namespace.name': 'default',
      'appaccess.object.name': 'uploader',
      'appaccess.reconcile.id': expect.stringMatching(/^[0-9a-f-]{36}$/),
      'appaccess.reconcile.result': 'success',
    },
  });
  expect(named('IAM/CreateRole')).toMatchObject({
    kind: 3,
    isError: false,
    attributes: { 'rpc.system.name': 'aws-api', 'rpc.method': 'IAM/CreateRole', 'cloud.region': 'eu-west-1' },
  });
  const { hostname, port } = new URL(world.kube.url);
  expect(named('PUT appaccesses/status')?.attributes).toEqual({
    'http.request.method': 'PUT',
    'http.response.status_code': 200,
    'server.address': hostname,
    'server.port': Number(port),
    'k8s.namespace.name': 'default',
    'appaccess.kubernetes.verb': 'update',
    'appaccess.kubernetes.resource': 'appaccesses/status',
  });
  expect(receiver.resource()).toMatchObject({
    'service.name': 'appaccess',
    'service.version': '1.2.3',
    'k8s.cluster.name': 'demo',
  });
});

test('a call that AWS refuses is an error with its code, and so are its phase and the pass with the reason', async () => {
  world.aws.failNext('CreateRole', { kind: 'AccessDenied' });
  const traces = await traceWhile(async () => {
    await world.apply('uploader', { ...UPLOADER, subject: { lambda: { functionName: 'uploader' } } });
    await world.untilReason('uploader', 'AccessDenied');
  });
  const failed = traces.flat().filter(({ isError }) => isError);
  expect(failed.map(({ name, attributes }) => [name, attributes['error.type']])).toEqual([
    ['IAM/CreateRole', 'AccessDenied'],
    ['apply', 'AccessDenied'],
    ['reconcile appaccess', 'AccessDenied'],
  ]);
});

test('the pass over an object that is being deleted is a trace of the same kind', async () => {
  const lambda = { ...UPLOADER, subject: { lambda: { functionName: 'uploader' } } };
  const traces = await traceWhile(async () => {
    await world.apply('uploader', lambda);
    await world.untilReady('uploader');
    await world.remove('uploader');
    await world.untilGone('uploader');
  });
  const deleted = traces.find((spans) => spans.some(({ name }) => name === 'IAM/DeleteRole')) ?? [];
  expect(treeOf(deleted)).toEqual([
    'reconcile appaccess',
    '  GET appaccesses',
    '  observe',
    '    IAM/GetRole',
    '  observe',
    '  plan',
    '  apply',
    '    IAM/DeleteRolePolicy',
    '    IAM/DeleteRole',
    '  PATCH appaccesses',
  ]);
});

test('traces go out as protobuf unless JSON is asked for', async () => {
  const traces = await open('http/protobuf');
  const controller = await world.startController({ tracer: traces.tracer });
  await world.apply('uploader', { ...UPLOADER, subject: { lambda: { functionName: 'uploader' } } });
  await world.untilReady('uploader');
  await controller.stop();
  await traces.stop();
  expect(receiver.requests.map(({ path, headers }) => [path, headers['content-type']])).toContainEqual([
    '/v1/traces',
    'application/x-protobuf',
  ]);
  expect(Buffer.concat(receiver.requests.map(({ body }) => body)).includes('IAM/CreateRole')).toBe(true);
});

test('a collector that refuses, hangs or is gone fails no pass, and is logged once', async () => {
  process.env.OTEL_EXPORTER_OTLP_TIMEOUT = '200';
  for (const how of ['refuse', 'hang', 'gone'] as const) {
    log = recordingLogger();
    if (how === 'gone') await receiver.stop();
    else receiver.behave(how);
    const traces = await open();
    const controller = await world.startController({ tracer: traces.tracer });
    for (const round of ['one', 'two']) {
      await world.apply(`${how}-${round}`, { ...UPLOADER, subject: { lambda: { functionName: `${how}-${round}` } } });
      await world.untilReady(`${how}-${round}`);
    }
    await controller.stop();
    await traces.stop();
    expect(log.lines.map(({ message }) => message)).toEqual(['traces are sent over OTLP', 'traces could not be sent']);
  }
});

test('a stop waits for a collector that takes its time no longer than the limit, and says so', async () => {
  receiver.behave('hang');
  const clock = new ManualClock();
  const traces = await openTracer({ protocol: 'http/json', share: 1 }, PROCESS, { clock, log });
  traces.tracer
    .startPass({ namespace: 'default', name: 'uploader', reconcileID: '1', priority: 'Normal' })
    .end('success');
  let stopped = false;
  const stop = traces.stop().then(() => {
    stopped = true;
  });
  await clock.advance(FLUSH_MS - 1);
  expect(stopped).toBe(false);
  await clock.advance(1);
  await stop;
  expect(log.lines.at(-1)?.message).toBe('last traces given up, the collector takes too long');
});
