import { hostname } from 'node:os';
import { systemClock } from '../base/clock.ts';
import { ReconcileError } from '../base/errors.ts';
import type { Config } from '../config/config.ts';
import { loadKubeConnection } from '../kube/kube-config.ts';
import { createLogger } from '../telemetry/create-logger.ts';
import { createMetrics } from '../telemetry/metrics.ts';
import { CommandError, type CommandResult, type Flags } from './command-result.ts';
import { CONTROLLER_NAME } from './controller/build-controller.ts';
import { configuredParts } from './controller/configured-parts.ts';
import { openTraces } from './controller/open-traces.ts';
import { type RunningController, startController } from './controller/start-controller.ts';
import { startServers } from './controller/start-servers.ts';
import { untilEnd } from './controller/until-end.ts';
import { programVersion } from './program-version.ts';
import { compileSettings, readConfig } from './read-config.ts';

/**
 * How long IAM may still answer with what was there before our own write. It is eventually consistent, and AWS names no time.
 * Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot.html
 */
const ECHO_GRACE_MS = 120_000;

/** `appaccess controller`: runs until SIGTERM or SIGINT, then lets running passes end. */
export async function runController(flags: Flags): Promise<CommandResult> {
  const config = readConfig(flags);
  const { accountId, region, clusterName } = requireSettings(config);
  const log = createLogger({ level: config.logLevel, format: config.logFormat });
  const version = programVersion();
  const traces = await openTraces(config, version, systemClock, log);
  log.warn('running unguarded: nothing but RBAC limits what manifests may ask for');
  const connection = await loadKubeConnection({ kubeconfigPath: config.kubeconfig, env: process.env }).catch(
    (error: unknown) => {
      throw error instanceof ReconcileError ? new CommandError(error.message) : error;
    },
  );
  const metrics = createMetrics({ controller: CONTROLLER_NAME });
  metrics.version(version);
  let controller: RunningController | undefined;
  const servers = await startServers({ config, controllerOf: () => controller, registry: metrics.registry, log });
  controller = startController({
    connection,
    settings: { ...compileSettings(config), accountId, region, clusterName },
    ...configuredParts(config, connection),
    echoGraceMs: ECHO_GRACE_MS,
    instance: hostname(),
    clock: systemClock,
    log,
    metrics,
    tracer: traces.tracer,
  });
  const exitCode = await untilEnd(controller, log);
  await controller.stop();
  await traces.stop();
  await Promise.all(servers.map((server) => server.stop()));
  await connection.close();
  log.info('stopped');
  return { exitCode };
}

function requireSettings(config: Config) {
  const { accountId, region, clusterName, unguarded } = config;
  const missing = [
    ...(unguarded
      ? []
      : ['needs --unguarded: guardrails do not exist yet, so nothing limits what manifests may ask for']),
    ...(accountId === undefined ? ['needs the AWS account id; give --account-id (or APPACCESS_ACCOUNT_ID)'] : []),
    ...(region === undefined ? ['needs the AWS region; give --region (or APPACCESS_REGION)'] : []),
    ...(clusterName === undefined
      ? ['needs the name of the cluster; give --cluster-name (or APPACCESS_CLUSTER_NAME)']
      : []),
  ];
  if (accountId === undefined || region === undefined || clusterName === undefined || missing.length > 0) {
    throw new CommandError(missing.join('\n'));
  }
  return { accountId, region, clusterName };
}
