import express from 'express';
import type { Registry } from 'prom-client';
import type { Logger } from '../base/logger.ts';
import { type ListenAddress, listen, type RunningServer } from './listen.ts';

/**
 * Serves `registry` at `/metrics` in Prometheus' text format. Rejects with an error that names `--metrics-address` when
 * the address cannot be had.
 */
export async function startMetricsServer(options: {
  readonly address: ListenAddress;
  readonly registry: Registry;
  readonly log: Logger;
}): Promise<RunningServer> {
  const { registry } = options;
  const app = express();
  app.disable('x-powered-by');
  app.get('/metrics', async (_request, response) => {
    const text = await registry.metrics();
    response.set('content-type', registry.contentType).send(text);
  });
  const server = await listen(app, options.address, '--metrics-address');
  options.log.info('metrics server listening', { port: server.port });
  return server;
}
