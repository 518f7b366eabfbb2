import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { BenchWorld } from './bench-world.ts';
import { type ProcessUsage, readProcessUsage } from './process-usage.ts';

/** The controller as users run it, in a process of its own. */
export interface ControllerProcess {
  /** Milliseconds from the start of the process until it had all caches, whether or not it leads. */
  readonly syncedMs: number;
  /** Resolves once it leads and works. */
  readonly working: Promise<void>;
  usage(): Promise<ProcessUsage>;
  stop(): Promise<void>;
  /** Ends it at once, as a lost node does. */
  kill(): Promise<void>;
}

/** What every command is told about the world. */
export const ACCOUNT = '123456789012';
export const REGION = 'eu-west-1';
export const CLUSTER = 'demo';
export const SETTINGS = ['--account-id', ACCOUNT, '--region', REGION, '--cluster-name', CLUSTER];
export const MAIN = fileURLToPath(new URL('../../src/main.ts', import.meta.url));

/** Starts a controller over `world` with `flags`, all else default; resolves once its caches are synced. Rejects when it ends before. */
export async function startControllerProcess(world: BenchWorld, flags: readonly string[]): Promise<ControllerProcess> {
  const args = ['controller', '--unguarded', ...SETTINGS, '--kubeconfig', world.kubeconfigPath, ...flags];
  const startedMs = performance.now();
  const child = spawn(process.execPath, [MAIN, ...args, '--metrics-address', '0', '--health-address', '0'], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, AWS_ENDPOINT_URL: world.awsUrl, AWS_ACCESS_KEY_ID: 'dummy', AWS_SECRET_ACCESS_KEY: 'dummy' },
  });
  const exited = once(child, 'exit');
  let log = '';
  const logged = (message: string) =>
    new Promise<void>((resolve, reject) => {
      const look = () => log.includes(`"${message}"`) && resolve();
      child.stderr.on('data', look);
      void exited.then(() => reject(new Error(`the controller ended before it said "${message}":\n${log}`)));
    });
  child.stderr.on('data', (chunk) => {
    log = (log + String(chunk)).slice(-10_000);
  });
  const working = logged('controller started');
  working.catch(() => undefined); // whoever waits for it hears of it
  await logged('caches synced');
  const syncedMs = performance.now() - startedMs;
  const { pid } = child;
  if (pid === undefined) throw new Error('the controller has no process id');
  return {
    syncedMs,
    working,
    usage: () => readProcessUsage(pid),
    async stop() {
      child.kill('SIGTERM');
      await exited;
    },
    async kill() {
      child.kill('SIGKILL');
      await exited;
    },
  };
}
