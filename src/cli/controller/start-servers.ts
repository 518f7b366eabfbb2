import type { Registry } from 'prom-client';
import type { Logger } from '../../base/logger.ts';
import type { Config } from '../../config/config.ts';
import { startHealthServer } from '../../telemetry/health-server.ts';
import type { RunningServer } from '../../telemetry/listen.ts';
import { startMetricsServer } from '../../telemetry/metrics-server.ts';
import { CommandError } from '../command-result.ts';
import type { RunningController } from './start-controller.ts';

/**
 * Serves metrics and health, each unless it is switched off. Comes before the controller, whose state is asked of
 * `controllerOf` once there is one: an address that cannot be had ends the program before it leads or writes anything.
 * @throws CommandError that names flag and remedy; nothing is left running then
 */
export async function startServers(options: {
  readonly config: Pick<Config, 'metricsAddress' | 'healthAddress'>;
  readonly controllerOf: () => Pick<RunningController, 'isReady' | 'isLeading'> | undefined;
  readonly registry: Registry;
  readonly log: Logger;
}): Promise<readonly RunningServer[]> {
  const { config, controllerOf, registry, log } = options;
  const { metricsAddress, healthAddress } = config;
  const servers: RunningServer[] = [];
  try {
    if (metricsAddress !== undefined) {
      servers.push(await startMetricsServer({ address: metricsAddress, registry, log }));
    }
    if (healthAddress !== undefined) {
      const isReady = () => controllerOf()?.isReady() ?? false;
      const isLeading = () => controllerOf()?.isLeading() ?? false;
      servers.push(await startHealthServer({ address: healthAddress, isReady, isLeading, log }));
    }
    return servers;
  } catch (error) {
    await Promise.all(servers.map((server) => server.stop()));
    throw error instanceof Error ? new CommandError(error.message) : error;
  }
}
