import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { awsEnvironment, REGION } from '../../e2e/world/commands.ts';
import { freePorts } from '../../e2e/world/free-ports.ts';
import { ACCOUNT_ID } from '../../e2e/world/moto.ts';
import { type SupervisedProcess, startSupervised } from '../../e2e/world/supervised-process.ts';
import { until } from '../../e2e/world/until.ts';
import { type FaultProxy, startFaultProxy } from '../../support/fault-proxy/start-fault-proxy.ts';

const PRELOADS = ['./block-on-signal.ts', './tell-memory-on-signal.ts'].flatMap((path) => [
  '--import',
  new URL(path, import.meta.url).href,
]);
const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const TEND_MS = 200;
const METRICS_TIMEOUT_MS = 1_000;
const READY_TIMEOUT_MS = 60_000;
const MEMORY_TIMEOUT_MS = 10_000;
export const CLUSTER = 'chaos';
export const OIDC_ISSUER = 'https://oidc.eks.eu-west-1.amazonaws.com/id/0123456789ABCDEF';

/** A controller as its own process, that sees the world through proxies of its own and is started again when it ends. */
export interface Replica {
  readonly name: string;
  readonly kube: FaultProxy;
  readonly aws: FaultProxy;
  /** How often it was started. */
  starts(): number;
  /** By SIGKILL; it is started again like after any other end. */
  kill(): Promise<void>;
  /** By SIGSTOP; the function that comes back lets it go on. */
  halt(): () => void;
  /** Blocks its event loop for {@link ReplicaOptions.blockMs}, by its own doing. */
  block(): void;
  /** False when it does not answer at once. */
  isLeading(): Promise<boolean>;
  /** Resolves when the process that runs now is ready. */
  untilReady(): Promise<void>;
  /** Of the process that runs now. */
  pid(): number;
  metrics(): Promise<string>;
  /** Of the process that runs now, after it has collected its garbage. */
  memory(): Promise<ProcessMemory>;
  describe(): Promise<string>;
  stop(): Promise<void>;
}

export interface ProcessMemory {
  readonly pid: number;
  /** What is still referred to: in the heap of JavaScript and in buffers outside of it. */
  readonly liveBytes: number;
  /** That the system counts, free lists and program text among it. */
  readonly residentBytes: number;
}

export interface ReplicaOptions {
  readonly name: string;
  /** For its kubeconfig and log. */
  readonly folder: string;
  readonly apiServer: { readonly url: string; readonly ca: string; readonly cert: string; readonly key: string };
  readonly motoUrl: string;
  random(): number;
  readonly blockMs?: number;
  /** Beside what every controller of this world is told. */
  readonly flags?: readonly string[];
}

export async function startReplica(options: ReplicaOptions): Promise<Replica> {
  const { name, folder, apiServer, motoUrl, random } = options;
  const { url, ...connect } = apiServer;
  const kube = await startFaultProxy({ server: url, connect, random });
  const aws = await startFaultProxy({ server: motoUrl, random });
  const [healthPort = 0, metricsPort = 0] = await freePorts(2);
  const kubeconfigPath = join(folder, `${name}.kubeconfig`);
  await writeFile(kubeconfigPath, JSON.stringify(kubeconfigOf(kube.url)));
  const logPath = join(folder, `${name}.log`);
  const memoryPath = join(folder, `${name}.memory.json`);
  const args = [
    ...['--expose-gc', ...PRELOADS],
    ...[join(ROOT, 'src/main.ts'), 'controller', '--unguarded', '--kubeconfig', kubeconfigPath],
    ...['--account-id', ACCOUNT_ID, '--region', REGION, '--cluster-name', CLUSTER, '--oidc-issuer', OIDC_ISSUER],
    ...['--sweep-interval', '24h', '--aws-requests-per-second', '0'], // a missed event must not be mended by a resync
    ...['--health-address', `127.0.0.1:${healthPort}`, '--metrics-address', `127.0.0.1:${metricsPort}`],
    ...(options.flags ?? []),
  ];
  let starts = 0;
  const start = () => {
    starts += 1;
    const chaos = { CHAOS_BLOCK_MS: `${options.blockMs ?? 0}`, CHAOS_MEMORY_PATH: memoryPath };
    const env = { ...awsEnvironment(aws.url), ...chaos };
    return startSupervised(process.execPath, args, { logPath, env });
  };
  let current: SupervisedProcess = await start();
  let starting: Promise<void> = Promise.resolve();
  const tend = () => {
    if (!current.hasExited()) return;
    starting = starting.then(async () => {
      if (current.hasExited()) current = await start();
    });
  };
  const tending = setInterval(tend, TEND_MS);
  const replica: Replica = {
    name,
    kube,
    aws,
    starts: () => starts,
    kill: () => current.stop(),
    halt() {
      const { pid } = current;
      signal(pid, 'SIGSTOP');
      return () => signal(pid, 'SIGCONT');
    },
    block: () => signal(current.pid, 'SIGUSR2'),
    async isLeading() {
      const text = await replica.metrics().catch(() => '');
      return /^leader_election_master_status\{.*\} 1$/m.test(text);
    },
    async untilReady() {
      const probe = async () => {
        const answer = await fetch(`http://127.0.0.1:${healthPort}/readyz`).catch(() => undefined);
        return answer?.ok === true ? true : undefined;
      };
      await until(`${name} is ready`, probe, { timeoutMs: READY_TIMEOUT_MS, explain: replica.describe });
    },
    pid: () => current.pid,
    async metrics() {
      const url = `http://127.0.0.1:${metricsPort}/metrics`;
      return (await fetch(url, { signal: AbortSignal.timeout(METRICS_TIMEOUT_MS) })).text();
    },
    async memory() {
      const probe = async () => {
        signal(current.pid, 'SIGWINCH'); // again each time: the process may have ended meanwhile
        const text = await readFile(memoryPath, 'utf8').catch(() => '{}');
        const memory = JSON.parse(text) as Partial<ProcessMemory>;
        return memory.pid === current.pid ? (memory as ProcessMemory) : undefined;
      };
      await rm(memoryPath, { force: true });
      return until(`${name} tells its memory`, probe, { timeoutMs: MEMORY_TIMEOUT_MS, explain: replica.describe });
    },
    describe: () => current.describe(),
    async stop() {
      clearInterval(tending);
      await starting;
      await current.stop();
      await Promise.all([kube.stop(), aws.stop()]);
    },
  };
  return replica;
}

/** One that has ended meanwhile needs no signal. */
function signal(pid: number, name: 'SIGSTOP' | 'SIGCONT' | 'SIGUSR2' | 'SIGWINCH'): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** The proxy proves who the replica is. */
function kubeconfigOf(server: string): object {
  return {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'chaos', cluster: { server } }],
    users: [{ name: 'chaos', user: {} }],
    contexts: [{ name: 'chaos', context: { cluster: 'chaos', user: 'chaos' } }],
    'current-context': 'chaos',
  };
}
