import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { freePorts } from './free-ports.ts';

const MAIN = fileURLToPath(new URL('../../../src/main.ts', import.meta.url));
const START_LIMIT_MS = 30_000;

/** Ports of the program `appaccess dev`, each of its own. */
export interface DevPorts {
  readonly kube: number;
  readonly aws: number;
  readonly metrics: number;
  readonly health: number;
}

/** The ports that it takes when nobody gives any. */
export const DEFAULT_DEV_PORTS: DevPorts = { kube: 16_443, aws: 14_566, metrics: 16_080, health: 16_081 };

export async function freeDevPorts(): Promise<DevPorts> {
  const [kube = 0, aws = 0, metrics = 0, health = 0] = await freePorts(4);
  return { kube, aws, metrics, health };
}

/** Starts what `npm start` starts, in the folder `cwd`; it writes `env` and `kubeconfig` below its folder `.appaccess`. */
export function startDev(cwd: string, { kube, aws, metrics, health }: DevPorts) {
  const ports = ['--kube-port', `${kube}`, '--aws-port', `${aws}`];
  const addresses = ['--metrics-address', `127.0.0.1:${metrics}`, '--health-address', `127.0.0.1:${health}`];
  const directory = ['--directory', join(cwd, '.appaccess')];
  return execa(process.execPath, [MAIN, 'dev', ...ports, ...addresses, ...directory], { cwd, reject: false });
}

/** Resolves once `dev` has told that everything runs; throws with what it said when it ends, or takes too long. */
export async function untilUp(dev: ReturnType<typeof startDev>): Promise<void> {
  const told = new Promise<true>((resolve) => {
    let text = '';
    dev.stdout.on('data', (chunk) => {
      text += chunk;
      if (text.includes('Stop with Ctrl-C')) resolve(true);
    });
  });
  const limit = setTimeout(() => dev.kill('SIGKILL'), START_LIMIT_MS);
  const ended = await Promise.race([told, dev]);
  clearTimeout(limit);
  if (ended !== true) throw new Error(`appaccess dev ended with ${ended.exitCode}: ${ended.stderr}`);
}
