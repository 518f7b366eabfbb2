import type { AppAccess } from '../api/app-access.ts';
import { createAwsGateway } from '../aws/aws-gateway.ts';
import { createCallLimiter } from '../aws/call-limiter.ts';
import { commandClock } from '../base/clock.ts';
import { ReconcileError } from '../base/errors.ts';
import { silentLogger } from '../base/logger.ts';
import { KubeClient } from '../kube/kube-client.ts';
import { loadKubeConnection } from '../kube/kube-config.ts';
import { rivalsAmong } from '../plan/claims.ts';
import { CommandError, type CommandResult, choiceFlag, type Flags, listFlag, textFlag } from './command-result.ts';
import { compileManifests } from './compile-manifests.ts';
import { createKubernetesGateway } from './controller/kubernetes-gateway.ts';
import { APP_ACCESSES, KUBE_SYSTEM } from './controller/resource-paths.ts';
import { type ManifestPlan, planManifest, renderPlans } from './plan-manifests.ts';
import { compileSettings, readConfig } from './read-config.ts';
import { renderProblems } from './render-problems.ts';

/** Calls to AWS that may be under way at once. */
const AWS_CONCURRENCY = 10;

/** `appaccess plan`: what the controller would do, read from the live cluster and AWS; exit code 2 when it is not nothing. */
export async function runPlan(flags: Flags): Promise<CommandResult> {
  const output = choiceFlag(flags, 'output', ['text', 'json']);
  const config = readConfig(flags);
  if (config.region === undefined) throw new CommandError('needs the AWS region; give --region (or APPACCESS_REGION)');
  const signal = new AbortController().signal;
  try {
    const connection = await loadKubeConnection({ kubeconfigPath: config.kubeconfig, env: process.env });
    const client = new KubeClient({ connection, clock: commandClock, random: Math.random, userAgent: 'appaccess' });
    const clusterUid = (await client.get(KUBE_SYSTEM, signal))?.metadata.uid ?? '';
    const { compiled, problems } = await compileManifests(
      listFlag(flags, 'filename'),
      { ...compileSettings(config), clusterUid },
      textFlag(flags, 'namespace'),
    );
    if (problems.length > 0) throw new CommandError(renderProblems(problems).trimEnd());
    const limiter = createCallLimiter({ clock: commandClock, concurrency: AWS_CONCURRENCY });
    const aws = createAwsGateway({ region: config.region, limiter, clock: commandClock, log: silentLogger });
    const { items: live } = await client.list<AppAccess>(APP_ACCESSES, {}, signal);
    const settings = { ...compileSettings(config), clusterUid };
    const rivals = { rivalsOf: (appAccess: AppAccess) => rivalsAmong(appAccess, live, settings) };
    const ports = { aws, kube: createKubernetesGateway(client), rivals, settings };
    const plans: ManifestPlan[] = [];
    for (const manifest of compiled) plans.push(await planManifest(manifest, live, ports, signal));
    await aws.close();
    await connection.close();
    const isInSync = plans.every(({ actions, refused }) => actions.length === 0 && refused === undefined);
    const stdout = output === 'json' ? `${JSON.stringify(plans, undefined, 2)}\n` : renderPlans(plans);
    return { exitCode: isInSync ? 0 : 2, stdout };
  } catch (error) {
    if (error instanceof ReconcileError) throw new CommandError(error.message);
    throw error;
  }
}
