import { Command, CommanderError } from 'commander';
import { describeOptions } from '../config/describe-settings.ts';
import type { OwnDefaults, Scope } from '../config/settings.ts';
import type { CommandResult, Flags } from './command-result.ts';
import { CommandError } from './command-result.ts';
import { DEV_DEFAULTS } from './dev-defaults.ts';

const MANIFESTS = [
  '-f, --filename <path...>',
  'files or directories with AppAccess manifests; - reads standard input',
] as const;
const NAMESPACE = ['-n, --namespace <name>', 'namespace of manifests that name none', 'default'] as const;

/**
 * Runs the command that `args` names and returns the exit code: 0 success, 1 a problem that was printed, 2 differences
 * found by `plan`. Each command loads only what it needs.
 */
export async function runProgram(args: readonly string[]): Promise<number> {
  let exitCode = 0;
  const program = buildProgram((code) => {
    exitCode = code;
  });
  try {
    await program.parseAsync(args, { from: 'user' });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode; // commander has printed it
    if (!(error instanceof CommandError)) throw error;
    process.stderr.write(`${error.message}\n`);
    return error.exitCode;
  }
}

function buildProgram(setExitCode: (code: number) => void): Command {
  const program = new Command('appaccess')
    .description('gives workloads least-privilege AWS IAM roles from short manifests')
    .exitOverride();
  const run = (load: () => Promise<(flags: Flags) => Promise<CommandResult>>) => async (flags: Flags) => {
    const { exitCode, stdout } = await (await load())(flags);
    if (stdout !== undefined) process.stdout.write(stdout);
    setExitCode(exitCode);
  };

  withSettings(program.command('controller'), 'RealCluster')
    .description('run the controller until SIGTERM')
    .action(run(async () => (await import('./controller.ts')).runController));
  withSettings(program.command('dev'), 'Controller', DEV_DEFAULTS)
    .description('run the controller over an embedded Kubernetes API and an embedded AWS')
    .option('--apply <directory>', 'apply the manifests in this directory once the world is up')
    .option('--kube-port <port>', 'port of the embedded Kubernetes API', '16443')
    .option('--aws-port <port>', 'port of the embedded AWS', '14566')
    .option('--directory <path>', 'where to write kubeconfig and env', '.appaccess')
    .action(run(async () => (await import('./dev.ts')).runDev));
  withSettings(program.command('compile'), 'EveryCommand')
    .description('print the IAM documents that manifests compile to')
    .requiredOption(...MANIFESTS)
    .option(...NAMESPACE)
    .option('-o, --output <format>', 'yaml or json', 'yaml')
    .action(run(async () => (await import('./compile.ts')).runCompile));
  withSettings(program.command('lint'), 'EveryCommand')
    .description('print every problem of every manifest, with file and line')
    .requiredOption(...MANIFESTS)
    .option(...NAMESPACE)
    .action(run(async () => (await import('./lint.ts')).runLint));
  withSettings(program.command('plan'), 'EveryCommand')
    .description('print what the controller would do about manifests; exit code 2 when there is something to do')
    .requiredOption(...MANIFESTS)
    .option(...NAMESPACE)
    .option('--kubeconfig <file>', 'file that says how to reach the cluster (default: KUBECONFIG)')
    .option('-o, --output <format>', 'text or json', 'text')
    .action(run(async () => (await import('./plan.ts')).runPlan));
  program
    .command('uninstall')
    .description('delete every AppAccess and keep or delete the roles, so that CRD and controller can be removed')
    .option('--retain', 'keep every role, so that workloads keep their access')
    .option('--delete', 'have every role deleted, save those whose spec.deletionPolicy says Retain')
    .option('-n, --namespace <name>', 'this namespace only (default: all)')
    .option('--dry-run', 'print what would be done, and do nothing')
    .option('--yes', 'do it; without this the list is printed and nothing is done')
    .option('--timeout <duration>', 'give up when nothing has moved for so long', '2m')
    .option('--without-controller', 'with --retain, when no controller runs any more: take the finalizers off')
    .option('--kubeconfig <file>', 'file that says how to reach the cluster (default: KUBECONFIG)')
    .exitOverride()
    .action(run(async () => (await import('./uninstall.ts')).runUninstall));
  return program;
}

function withSettings(command: Command, scope: Scope, ownDefaults?: OwnDefaults): Command {
  for (const { flags, description } of describeOptions(scope, ownDefaults)) command.option(flags, description);
  return command.exitOverride();
}
