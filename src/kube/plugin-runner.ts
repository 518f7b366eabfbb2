/**
 * What client-node starts in place of an exec plugin: `plugin-runner.ts <limit in ms> <apiVersion> <program> [argument...]`.
 * It gives the plugin no standard input and limited time, neither of which client-node can, and passes on what the plugin
 * printed once that is seen to be a credential. Otherwise it writes to standard error what is wrong, without anything that
 * was printed or given as an argument, and exits with 1.
 */
import { execFile } from 'node:child_process';

const MAX_OUTPUT_BYTES = 1 << 20;

const [limitMs = '', apiVersion = '', program = '', ...args] = process.argv.slice(2);
const options = { timeout: Number(limitMs), killSignal: 'SIGKILL', maxBuffer: MAX_OUTPUT_BYTES } as const;
const plugin = execFile(program, args, options, (error, stdout, stderr) => {
  const problem = error === null ? problemOf(stdout) : whatFailed(error, stderr);
  if (problem === undefined) process.stdout.write(stdout);
  else {
    process.stderr.write(problem);
    process.exitCode = 1;
  }
});
plugin.stdin?.end(); // nobody is there to answer a question

/** The message of Node's error repeats all arguments, which may hold secrets. */
function whatFailed({ code, killed }: { code?: unknown; killed?: boolean }, stderr: string): string {
  const said = stderr.trim().slice(-500);
  if (code === 'ENOENT') return `the program ${program} is not there; install it, or correct exec.command`;
  if (killed === true) return `${program} did not end within ${Number(limitMs) / 1000} s${said && `: ${said}`}`;
  return said || `${program} failed (${String(code)}) and said nothing`;
}

/** Source: https://kubernetes.io/docs/reference/config-api/client-authentication.v1/ */
function problemOf(output: string): string | undefined {
  const { kind, apiVersion: spoken, status } = fieldsOf(parse(output));
  if (kind !== 'ExecCredential' || spoken !== apiVersion) {
    return `${program} printed no ExecCredential of ${apiVersion}; exec.apiVersion must be what it speaks`;
  }
  const { token, clientCertificateData: cert, clientKeyData: key, expirationTimestamp: expires } = fieldsOf(status);
  if (!isText(token) && !isText(cert)) return `${program} printed neither a token nor a certificate`;
  if (isText(cert) !== isText(key)) return `${program} printed only one of clientCertificateData and clientKeyData`;
  const isTime = expires === undefined || (isText(expires) && !Number.isNaN(Date.parse(expires)));
  return isTime ? undefined : `${program} printed an expirationTimestamp that is no time`;
}

function parse(output: string): unknown {
  try {
    return JSON.parse(output);
  } catch {
    return undefined; // the error of JSON.parse quotes what was printed
  }
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}
