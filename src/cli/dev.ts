import { fileURLToPath } from 'node:url';
import { systemClock } from '../base/clock.ts';
import { loadKubeConnection } from '../kube/kube-config.ts';
import { createLogger } from '../telemetry/create-logger.ts';
import { createMetrics } from '../telemetry/metrics.ts';
import { CommandError, type CommandResult, type Flags, textFlag } from './command-result.ts';
import { CONTROLLER_NAME } from './controller/build-controller.ts';
import { configuredParts } from './controller/configured-parts.ts';
import { openTraces } from './controller/open-traces.ts';
import { type RunningController, startController } from './controller/start-controller.ts';
import { startServers } from './controller/start-servers.ts';
import { untilEnd } from './controller/until-end.ts';
import { applyDirectory } from './dev/apply-directory.ts';
import { startWorld } from './dev/start-world.ts';
import { welcomeText } from './dev/welcome-text.ts';
import { writeEnvironment } from './dev/write-environment.ts';
import { DEV_DEFAULTS } from './dev-defaults.ts';
import { programVersion } from './program-version.ts';
import { compileSettings, readConfig } from './read-config.ts';

/** The embedded AWS shows every write at once; this only keeps the code path of the grace alive. */
const ECHO_GRACE_MS = 1_000;

/** `appaccess dev`: an embedded Kubernetes API, an embedded AWS and the controller over them, until SIGTERM or SIGINT. */
export async function runDev(flags: Flags): Promise<CommandResult> {
  const config = readConfig(flags, DEV_DEFAULTS);
  const { accountId = '', region = '', clusterName = '', oidcIssuer = '' } = config;
  const log = createLogger({ level: config.logLevel, format: config.logFormat });
  const version = programVersion();
  const traces = await openTraces(config, version, systemClock, log);
  const metrics = createMetrics({ controller: CONTROLLER_NAME });
  metrics.version(version);
  const world = await startWorld({
    kubePort: portFlag(flags, 'kubePort'),
    awsPort: portFlag(flags, 'awsPort'),
    accountId,
    region,
    clusterName,
    clock: systemClock,
  });
  let controller: RunningController | undefined;
  const servers = await startServers({ config, controllerOf: () => controller, registry: metrics.registry, log }).catch(
    async (error: unknown) => {
      await world.stop();
      throw error;
    },
  );
  const main = fileURLToPath(new URL('../main.ts', import.meta.url));
  const { kubeconfig, env } = await writeEnvironment(
    textFlag(flags, 'directory'),
    { kubeUrl: world.kubeUrl, awsUrl: world.awsUrl, region, accountId, clusterName, oidcIssuer },
    { node: process.execPath, main },
  );
  useDummyCredentials();
  const connection = await loadKubeConnection({ kubeconfigPath: kubeconfig, env: {} });
  controller = startController({
    connection,
    settings: { ...compileSettings(config), region },
    awsEndpoint: world.awsUrl,
    ...configuredParts(config, connection),
    echoGraceMs: ECHO_GRACE_MS,
    instance: 'dev',
    clock: systemClock,
    log,
    metrics,
    tracer: traces.tracer,
  });
  try {
    await controller.leading;
    if (typeof flags.apply === 'string') await applyDirectory(flags.apply, connection, systemClock, log);
    process.stdout.write(welcomeText({ env, kubeUrl: world.kubeUrl, awsUrl: world.awsUrl, config }));
    return { exitCode: await untilEnd(controller, log) };
  } finally {
    await controller.stop();
    await traces.stop();
    await Promise.all(servers.map((server) => server.stop()));
    await connection.close();
    await world.stop();
  }
}

/** The user's own keys have no business with the embedded AWS; the SDK must not even look for them. */
function useDummyCredentials(): void {
  for (const name of ['AWS_PROFILE', 'AWS_SESSION_TOKEN']) Reflect.deleteProperty(process.env, name);
  Object.assign(process.env, { AWS_ACCESS_KEY_ID: 'dummy', AWS_SECRET_ACCESS_KEY: 'dummy' });
}

function portFlag(flags: Flags, key: string): number {
  const port = Number(textFlag(flags, key));
  if (Number.isInteger(port) && port >= 0 && port < 65_536) return port;
  throw new CommandError(`--${key === 'kubePort' ? 'kube-port' : 'aws-port'}: must be a port from 0 to 65535`);
}
