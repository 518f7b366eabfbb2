import { commandClock } from '../base/clock.ts';
import { ReconcileError } from '../base/errors.ts';
import { durationSeconds } from '../config/parse-value.ts';
import { KubeApiError } from '../kube/kube-api-error.ts';
import { KubeClient } from '../kube/kube-client.ts';
import { loadKubeConnection } from '../kube/kube-config.ts';
import { CommandError, type CommandResult, type Flags, textFlag } from './command-result.ts';
import { listObjects, type UninstallOptions, uninstallObjects } from './uninstall/uninstall-objects.ts';
import {
  blockerText,
  countText,
  keepsRole,
  nameOf,
  summaryText,
  type UninstallMode,
} from './uninstall/uninstall-text.ts';

/**
 * `appaccess uninstall`: deletes every AppAccess and keeps or deletes the roles, so that the CRD and the controller can
 * be removed. The running controller does the work at AWS; this command needs the cluster alone.
 */
export async function runUninstall(flags: Flags): Promise<CommandResult> {
  const request = readRequest(flags);
  try {
    const kubeconfigPath = typeof flags.kubeconfig === 'string' ? flags.kubeconfig : undefined;
    const connection = await loadKubeConnection({ kubeconfigPath, env: process.env });
    const client = new KubeClient({ connection, clock: commandClock, random: Math.random, userAgent: 'appaccess' });
    const report = (line: string) => void process.stderr.write(`${line}\n`);
    try {
      return await uninstall(request, { ...request, client, clock: commandClock, report });
    } finally {
      await connection.close();
    }
  } catch (error) {
    if (error instanceof ReconcileError || error instanceof KubeApiError) throw new CommandError(error.message);
    throw error;
  }
}

export interface UninstallRequest {
  readonly mode: UninstallMode;
  readonly withoutController: boolean;
  readonly stallMs: number;
  readonly namespace?: string;
  readonly dryRun: boolean;
  readonly confirmed: boolean;
}

/** Lists, and when confirmed lets go and waits. Exit code 1 when anything is left, 0 when nothing is or was. */
export async function uninstall(
  { mode, namespace, dryRun, confirmed, withoutController }: UninstallRequest,
  options: UninstallOptions,
): Promise<CommandResult> {
  const { signal } = new AbortController();
  const where = namespace === undefined ? '' : ` in namespace ${namespace}`;
  const objects = await listObjects(options, signal);
  if (objects === undefined) return { exitCode: 0, stdout: 'the cluster does not serve AppAccess; nothing to do\n' };
  if (objects.length === 0) return { exitCode: 0, stdout: `no AppAccess object${where}\n${nextStep(namespace)}` };
  const summary = summaryText(objects, mode);
  if (dryRun) return { exitCode: 0, stdout: summary };
  if (!confirmed) return { exitCode: 1, stdout: `${summary}nothing was done; add --yes to go on\n` };

  options.report(summary.trimEnd());
  const left = await uninstallObjects(objects, options, signal);
  if (left.length > 0) {
    const lines = left.map((object) => `  ${nameOf(object)} ${blockerText(object, mode)}`);
    throw new CommandError(`${countText(left.length)} still there:\n${lines.join('\n')}\nmend that and run it again`);
  }
  const kept = objects.filter((object) => keepsRole(object, mode) && object.status?.role?.id !== undefined).length;
  const marked = withoutController ? ', not marked as released' : '';
  const stdout = `${countText(objects.length)} gone${where}, ${kept} role${kept === 1 ? '' : 's'} kept${marked}\n`;
  return { exitCode: 0, stdout: `${stdout}${nextStep(namespace)}` };
}

function nextStep(namespace: string | undefined): string {
  if (namespace !== undefined) return '';
  return 'now remove the controller, then: kubectl delete crd appaccesses.appaccess.dev\n';
}

function readRequest(flags: Flags): UninstallRequest {
  const { retain, delete: remove, withoutController, dryRun, yes, namespace } = flags;
  if ((retain === true) === (remove === true)) {
    throw new CommandError(
      'give either --retain (roles stay, workloads keep their access) or --delete (roles are deleted), not both',
    );
  }
  if (withoutController === true && retain !== true) {
    throw new CommandError('--without-controller goes with --retain only: roles are deleted by the controller');
  }
  const timeout = durationSeconds(1, 24 * 3600)(textFlag(flags, 'timeout'));
  if ('problem' in timeout) throw new CommandError(`--timeout: ${timeout.problem}`);
  return {
    mode: retain === true ? 'Retain' : 'Delete',
    withoutController: withoutController === true,
    stallMs: timeout.value * 1000,
    dryRun: dryRun === true,
    confirmed: yes === true,
    ...(typeof namespace === 'string' ? { namespace } : {}),
  };
}
