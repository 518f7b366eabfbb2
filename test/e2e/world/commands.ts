import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { execa } from 'execa';

/** Outcome of a command that ran to its end, whatever its exit code; the outputs have no final newline. */
export type CommandResult = { readonly stdout: string; readonly stderr: string; readonly exitCode: number };

/** Access key of an AWS principal; without a session token a long-lived one. */
export type AwsCredentials = {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
};

/** Region that the tests use for everything. */
export const REGION = 'eu-west-1';

/** Accepted by moto as the owner of account 123456789012 as long as it does not enforce policies. */
export const DUMMY_CREDENTIALS: AwsCredentials = { accessKeyId: 'testing', secretAccessKey: 'testing' };

/** Runs the real kubectl against a control plane. Throws only when the program cannot be started. */
export function runKubectl(
  controlPlane: { readonly kubectl: string; readonly kubeconfigPath: string },
  args: readonly string[],
  options: { readonly stdin?: string; readonly env?: Readonly<Record<string, string>> } = {},
): Promise<CommandResult> {
  const env = {
    KUBECONFIG: controlPlane.kubeconfigPath,
    KUBECACHEDIR: join(dirname(controlPlane.kubeconfigPath), 'kubectl-cache'), // discovery of this server only
    ...options.env,
  };
  return run(controlPlane.kubectl, args, env, options.stdin ?? '');
}

/** Runs the real `aws` command against moto. Throws only when the program cannot be started. */
export function runAws(
  moto: { readonly aws: string; readonly url: string },
  args: readonly string[],
  options: { readonly credentials?: AwsCredentials; readonly stdin?: string } = {},
): Promise<CommandResult> {
  return run(moto.aws, args, awsEnvironment(moto.url, options.credentials), options.stdin ?? '');
}

/** Environment of a program that must talk to moto and to nothing else; nothing of the user's AWS set-up is read. */
export function awsEnvironment(motoUrl: string, credentials = DUMMY_CREDENTIALS): Record<string, string> {
  return {
    AWS_ENDPOINT_URL: motoUrl,
    AWS_REGION: REGION,
    AWS_DEFAULT_REGION: REGION,
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    AWS_SESSION_TOKEN: credentials.sessionToken ?? '',
    AWS_CONFIG_FILE: join(tmpdir(), 'appaccess-e2e-no-such-file'),
    AWS_SHARED_CREDENTIALS_FILE: join(tmpdir(), 'appaccess-e2e-no-such-file'),
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_DEFAULT_OUTPUT: 'json',
    AWS_PAGER: '',
  };
}

async function run(
  program: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  input: string,
): Promise<CommandResult> {
  const inherited = { ...process.env };
  delete inherited.AWS_PROFILE; // an empty one would be looked up too
  const result = await execa(program, args, { env: { ...inherited, ...env }, extendEnv: false, input, reject: false });
  if (result.exitCode === undefined) throw result; // it was not started, or killed
  return { stdout: result.stdout, stderr: result.stderr, exitCode: result.exitCode };
}
