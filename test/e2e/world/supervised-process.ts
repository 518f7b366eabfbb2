import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { open, readFile } from 'node:fs/promises';

const LOG_TAIL_CHARS = 4000;

/**
 * Leads a process group of its own. A shell in the background waits at the original standard input, whose other end
 * only the starting process holds: when that end closes, because of {@link SupervisedProcess.stop} or because the
 * starter died by whatever signal, the group is killed. The group's number cannot be taken by another while that shell
 * is in it. Standard input, since Node hands over descriptors above 2 non-blocking, at which `read` fails at once.
 */
const SUPERVISE = 'exec 3<&0 </dev/null; (read -r _ <&3; kill -s KILL -- -$$) & exec "$@" 3<&-';

export type SupervisedProcess = {
  /** Process id, and the number of the process group. */
  readonly pid: number;
  /** The end of what the program wrote, and an explanation when it has exited; for error messages. */
  readonly describe: () => Promise<string>;
  readonly hasExited: () => boolean;
  /** Kills the program and all that it started; resolves when it has exited. May be called twice. */
  readonly stop: () => Promise<void>;
};

export type SupervisedOptions = {
  readonly logPath: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Gets nothing but `env`, not the environment of this process. */
  readonly cleanEnv?: boolean;
  readonly cwd?: string;
  /** Whom to run as; only root may choose. */
  readonly user?: { readonly uid: number; readonly gid: number };
};

/**
 * Starts a program that does not outlive this process, not even when this one is killed by SIGKILL. Its standard
 * output and error go to `logPath`. Throws when the program cannot be started.
 */
export async function startSupervised(
  program: string,
  args: readonly string[],
  options: SupervisedOptions,
): Promise<SupervisedProcess> {
  const log = await open(options.logPath, 'a');
  const child = spawn('sh', ['-c', SUPERVISE, program, program, ...args], {
    detached: true,
    env: { ...(options.cleanEnv === true ? {} : process.env), ...options.env },
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    ...options.user,
    stdio: ['pipe', log.fd, log.fd],
  });
  const exited = once(child, 'exit');
  await once(child, 'spawn');
  await log.close();
  const lifeline = child.stdin;
  if (lifeline === null) throw new Error('a piped standard input is never null');
  lifeline.on('error', () => {}); // the peer is gone when the group was killed: nothing is left to tell it
  exited.then(() => lifeline.destroy()); // frees the waiting shell when the program ends by itself
  const hasExited = () => child.exitCode !== null || child.signalCode !== null;
  return {
    pid: child.pid as number, // set once 'spawn' was emitted
    hasExited,
    describe: async () => {
      const end = hasExited() ? `exited with ${child.exitCode ?? child.signalCode}` : 'still runs';
      const output = await readFile(options.logPath, 'utf8');
      return `${program} ${end}; its output ends with:\n${output.slice(-LOG_TAIL_CHARS)}`;
    },
    stop: async () => {
      lifeline.destroy();
      if (!hasExited()) await exited;
    },
  };
}
