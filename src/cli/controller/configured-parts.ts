import type { Config } from '../../config/config.ts';
import type { KubeConnection } from '../../kube/kube-connection.ts';
import type { ControllerParts } from './start-controller.ts';

type Configured = 'workers' | 'awsRequestsPerSecond' | 'sweepIntervalMs' | 'readOnly' | 'lease';

/** The parts of a controller that the configuration says as they are. Without a lease where there is to be no election. */
export function configuredParts(config: Config, { namespace }: KubeConnection): Pick<ControllerParts, Configured> {
  const { leaderElect, leaseNamespace, leaseDurationSeconds } = config;
  const lease = { namespace: leaseNamespace ?? namespace, durationMs: leaseDurationSeconds * 1000 };
  return {
    workers: config.workers,
    awsRequestsPerSecond: config.awsRequestsPerSecond,
    sweepIntervalMs: config.sweepIntervalSeconds * 1000,
    readOnly: config.readOnly,
    ...(leaderElect ? { lease } : {}),
  };
}
