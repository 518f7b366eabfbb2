import { afterEach, expect, test } from 'vitest';
import { silentLogger } from '../../src/base/logger.ts';
import { createMetrics } from '../../src/telemetry/metrics.ts';
import { startMetricsServer } from '../../src/telemetry/metrics-server.ts';
import { type EmbeddedWorld, startEmbeddedWorld } from '../support/embedded-world.ts';

const LAMBDA = (functionName: string) => ({
  subject: { lambda: { functionName } },
  grants: [{ dynamodb: { table: 'orders', access: ['Read'] } }],
});
const REFUSED = {
  subject: { lambda: { functionName: 'admin' } },
  grants: [{ statement: { effect: 'Allow', actions: ['*'], resources: ['*'] } }],
};

let world: EmbeddedWorld;
let stopServer: () => Promise<void> = async () => undefined;

afterEach(async () => {
  await stopServer();
  await world.stop();
});

/** Answers of /metrics, each scraped when a controller has ended all passes that `drive` made it begin. */
async function startScraped() {
  world = await startEmbeddedWorld();
  const metrics = createMetrics({ controller: 'appaccess' });
  const address = { host: '127.0.0.1', port: 0 };
  const server = await startMetricsServer({ address, registry: metrics.registry, log: silentLogger });
  stopServer = server.stop;
  return async (drive: () => Promise<unknown>) => {
    const controller = await world.startController({ metrics });
    await drive();
    await controller.stop();
    const answer = await fetch(`http://127.0.0.1:${server.port}/metrics`);
    return (await answer.text()).split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  };
}

const valueIn = (lines: readonly string[], series: string) =>
  Number(
    lines
      .find((line) => line.startsWith(`${series} `))
      ?.split(' ')
      .at(-1),
  );

test('passes that end well and passes that end in a failure for good are told apart', async () => {
  const scrape = await startScraped();
  const lines = await scrape(async () => {
    await world.apply('uploader', LAMBDA('uploader'));
    await world.untilReady('uploader');
    await world.apply('admin', REFUSED);
    await world.untilReason('admin', 'PolicyInvalid');
  });
  const passes = (result: string) =>
    valueIn(lines, `controller_runtime_reconcile_total{controller="appaccess",result="${result}"}`);
  expect(passes('success')).toBeGreaterThan(0);
  expect(passes('error')).toBeGreaterThan(0);
  const own = (name: string) => valueIn(lines, `controller_runtime_${name}{controller="appaccess"}`);
  expect(own('terminal_reconcile_errors_total')).toBe(passes('error'));
  expect(own('reconcile_errors_total')).toBe(passes('error'));
  expect(own('reconcile_time_seconds_count')).toBe(passes('success') + passes('error'));
  const { host } = new URL(world.kube.url);
  expect(valueIn(lines, `rest_client_requests_total{code="200",method="PUT",host="${host}"}`)).toBeGreaterThan(0);
});

test('the leader tells how many objects of each namespace stand how by their condition Ready', async () => {
  world = await startEmbeddedWorld();
  const metrics = createMetrics({ controller: 'appaccess', processMetrics: false });
  const counted = async () => {
    const text = await metrics.registry.getSingleMetricAsString('appaccess_objects');
    return text
      .split('\n')
      .filter((line) => !line.startsWith('#') && line !== '')
      .sort();
  };
  await world.createNamespace('billing');
  await Promise.all(['one', 'two', 'billing/one'].map((name) => world.apply(name, LAMBDA(name.replace('/', '-')))));
  await world.apply('admin', REFUSED);
  const controller = await world.startController({ metrics });
  await Promise.all(['one', 'two', 'billing/one'].map((name) => world.untilReady(name)));
  await world.untilReason('admin', 'PolicyInvalid');
  await world.passOver('one'); // the store is as new as what it was told of last
  const ofDefault = (ready: string, reason: string) =>
    `appaccess_objects{namespace="default",ready="${ready}",reason="${reason}"}`;
  const billing = 'appaccess_objects{namespace="billing",ready="True",reason="Succeeded"} 1';
  expect(await counted()).toEqual([
    billing,
    `${ofDefault('False', 'PolicyInvalid')} 1`,
    `${ofDefault('True', 'Succeeded')} 2`,
  ]);
  await world.remove('one');
  await world.untilGone('one');
  await world.passOver('two');
  expect(await counted()).toEqual([
    billing,
    `${ofDefault('False', 'PolicyInvalid')} 1`,
    `${ofDefault('True', 'Succeeded')} 1`,
  ]);
  await controller.stop();
  expect(await counted()).toEqual([]);
});

test('no label holds the name of an object, and more objects make no more series', async () => {
  const scrape = await startScraped();
  const round = (name: string) => async () => {
    const names = Array.from({ length: 5 }, (_, at) => `canary-${name}-${at}`);
    await Promise.all(names.map((each) => world.apply(each, LAMBDA(each))));
    await world.untilSettled(names);
    await Promise.all(names.map((each) => world.passOver(each)));
  };
  // How a request ended is one of few words; what Node tells of itself is by kind, and comes and goes.
  const seriesOf = (lines: readonly string[]) =>
    lines
      .map((line) => line.replace(/ \S+$/, '').replace(/(code|outcome)="[^"]*"/, '$1'))
      .filter((line) => !line.startsWith('nodejs_'));
  const before = new Set(seriesOf(await scrape(round('one'))));
  const after = await scrape(round('two'));
  expect(after.filter((line) => line.includes('canary') || line.includes('arn:'))).toEqual([]);
  expect(seriesOf(after).filter((series) => !before.has(series))).toEqual([]);
  expect(before.size).toBeGreaterThan(100);
});
