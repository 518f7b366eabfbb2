import { afterEach, expect, test } from 'vitest';
import { silentLogger } from '../../../src/base/logger.ts';
import { startHealthServer } from '../../../src/telemetry/health-server.ts';
import type { RunningServer } from '../../../src/telemetry/listen.ts';
import { createMetrics } from '../../../src/telemetry/metrics.ts';
import { startMetricsServer } from '../../../src/telemetry/metrics-server.ts';

const running: RunningServer[] = [];
const log = silentLogger;
const anyPort = { host: '127.0.0.1', port: 0 };

afterEach(async () => {
  for (const server of running.splice(0)) await server.stop();
});

function keep(server: RunningServer): RunningServer {
  running.push(server);
  return server;
}

async function get(port: number, path: string) {
  const response = await fetch(`http://127.0.0.1:${port}${path}`);
  return { status: response.status, text: await response.text() };
}

test('the health server is alive at once, ready when the program says so, and tells who leads', async () => {
  let ready = false;
  let leading = false;
  const { port } = keep(
    await startHealthServer({ address: anyPort, isReady: () => ready, isLeading: () => leading, log }),
  );
  expect(await get(port, '/healthz')).toEqual({ status: 200, text: 'ok\n' });
  expect(await get(port, '/readyz')).toEqual({ status: 503, text: 'not ready\n' });
  ready = true;
  expect(await get(port, '/readyz')).toEqual({ status: 200, text: 'ok, standing by\n' });
  leading = true;
  expect(await get(port, '/readyz')).toEqual({ status: 200, text: 'ok, leading\n' });
});

test('the metrics server shows the registry as Prometheus reads it', async () => {
  const metrics = createMetrics({ controller: 'appaccess', processMetrics: false });
  metrics.version('1.2.3');
  const { port } = keep(await startMetricsServer({ address: anyPort, registry: metrics.registry, log }));
  const response = await fetch(`http://127.0.0.1:${port}/metrics`);
  expect(response.headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/);
  expect(await response.text()).toContain('appaccess_build_info{version="1.2.3"} 1');
});

test('a port that is taken is refused with the name of the flag', async () => {
  const first = keep(await startHealthServer({ address: anyPort, isReady: () => true, isLeading: () => true, log }));
  const address = { host: '127.0.0.1', port: first.port };
  await expect(startHealthServer({ address, isReady: () => true, isLeading: () => true, log })).rejects.toThrow(
    `cannot listen on 127.0.0.1:${first.port}: the port is in use by another program; ` +
      'give another address with --health-address, or 0 to switch it off',
  );
});

test('a stopped server frees its port', async () => {
  const first = await startHealthServer({ address: anyPort, isReady: () => true, isLeading: () => true, log });
  await first.stop();
  const address = { host: '127.0.0.1', port: first.port };
  const second = keep(await startHealthServer({ address, isReady: () => true, isLeading: () => true, log }));
  expect(second.port).toBe(first.port);
});
