import express from 'express';
import type { Logger } from '../base/logger.ts';
import { type ListenAddress, listen, type RunningServer } from './listen.ts';

/**
 * Serves `/healthz`, which answers 200 while the process can answer at all, and `/readyz`, which answers 200 when
 * `isReady()`, with a word on whether this replica leads or stands by, and 503 before. Neither asks AWS or Kubernetes
 * anything. Rejects with an error that names `--health-address` when the address cannot be had.
 */
export async function startHealthServer(options: {
  readonly address: ListenAddress;
  readonly isReady: () => boolean;
  readonly isLeading: () => boolean;
  readonly log: Logger;
}): Promise<RunningServer> {
  const app = express();
  app.disable('x-powered-by');
  app.get('/healthz', (_request, response) => {
    response.type('text/plain').send('ok\n');
  });
  app.get('/readyz', (_request, response) => {
    const ready = options.isReady();
    response
      .status(ready ? 200 : 503)
      .type('text/plain')
      .send(ready ? `ok, ${options.isLeading() ? 'leading' : 'standing by'}\n` : 'not ready\n');
  });
  const server = await listen(app, options.address, '--health-address');
  options.log.info('health server listening', { port: server.port });
  return server;
}
