import type { Clock } from '../../base/clock.ts';
import type { Logger } from '../../base/logger.ts';
import { problemText } from '../../base/problem.ts';
import type { Config } from '../../config/config.ts';
import { openTracer } from '../../telemetry/open-tracer.ts';
import { readTraceSettings } from '../../telemetry/trace-settings.ts';
import type { OpenTracer } from '../../telemetry/traced-process.ts';
import { CommandError } from '../command-result.ts';
import { CONTROLLER_NAME } from './build-controller.ts';

/** The tracer that settings and environment ask for. Throws a `CommandError` with all problems when they cannot be. */
export async function openTraces(config: Config, version: string, clock: Clock, log: Logger): Promise<OpenTracer> {
  const read = readTraceSettings(config.tracesExporter, process.env);
  if ('problems' in read) {
    throw new CommandError(read.problems.map(problemText).join('\n'));
  }
  const { clusterName, region, accountId } = config;
  const attributes = {
    'cloud.provider': 'aws',
    ...(accountId === undefined ? {} : { 'cloud.account.id': accountId }),
    ...(region === undefined ? {} : { 'cloud.region': region }),
    ...(clusterName === undefined ? {} : { 'k8s.cluster.name': clusterName }),
  };
  return openTracer(read.settings, { controller: CONTROLLER_NAME, version, attributes }, { clock, log });
}
