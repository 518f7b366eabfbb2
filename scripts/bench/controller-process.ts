import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type ProcessUsage, readProcessUsage } from './process-usage.ts';
import type { BenchWorld } from './start-bench-world.ts';

/** The controller as users run it, in a process of its own. */
export interface ControllerProcess {
  usage(): Promise<ProcessUsage>;
  stop(): Promise<void>;
}

/** What every command is told about the world. */
export const ACCOUNT = '123456789012';
export const REGION = 'eu-west-1';
export const CLUSTER = 'demo';
export const SETTINGS = ['--account-id', ACCOUNT, '--region', REGION, '--cluster-name', CLUSTER];
export const MAIN = fileURLToPath(new URL('../../src/main.ts', import.meta.url));

/** Starts a controller over `world` with `flags`, all else default; resolves once it works. Rejects when it ends before. */
export async function startControllerProcess(world: BenchWorld, flags: readonly string[]): Promise<ControllerProcess> {
  const kubeconfig = join(world.directory, 'kubeconfig');
  await writeFile(kubeconfig, JSON.stringify(kubeconfigOf(world.kubeUrl)));
  const args = ['controller', '--unguarded', ...SETTINGS, '--kubeconfig', kubeconfig, ...flags];
  const child = spawn(process.execPath, [MAIN, ...args, '--metrics-address', '0', '--health-address', '0'], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, AWS_ENDPOINT_URL: world.awsUrl, AWS_ACCESS_KEY_ID: 'dummy', AWS_SECRET_ACCESS_KEY: 'dummy' },
  });
  const exited = once(child, 'exit');
  let log = '';
  await new Promise<void>((resolve, reject) => {
    child.stderr.on('data', (chunk) => {
      log = (log + String(chunk)).slice(-10_000);
      if (log.includes('controller started')) resolve();
    });
    void exited.then(() => reject(new Error(`the controller ended before it worked:\n${log}`)));
  });
  const { pid } = child;
  if (pid === undefined) throw new Error('the controller has no process id');
  return {
    usage: () => readProcessUsage(pid),
    async stop() {
      child.kill('SIGTERM');
      await exited;
    },
  };
}

function kubeconfigOf(server: string): object {
  return {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'bench', cluster: { server } }],
    users: [{ name: 'bench', user: {} }],
    contexts: [{ name: 'bench', context: { cluster: 'bench', user: 'bench' } }],
    'current-context': 'bench',
  };
}
