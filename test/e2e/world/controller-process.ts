import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { awsEnvironment, REGION } from './commands.ts';
import type { ControlPlane } from './control-plane.ts';
import { freePorts } from './free-ports.ts';
import { ACCOUNT_ID, type Moto } from './moto.ts';
import { type SupervisedProcess, startSupervised } from './supervised-process.ts';
import { until } from './until.ts';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

export type ControllerProcess = SupervisedProcess & {
  readonly isReady: () => Promise<boolean>;
  /** Everything it has written so far, one JSON object a line. */
  readonly log: () => Promise<string>;
  /** What it answers at /metrics; empty while it does not. */
  readonly metrics: () => Promise<string>;
};

/**
 * Starts the controller as its own process for the cluster named `clusterName`, ready or not, with further `args`: as an
 * administrator, or as whoever `kubeconfigPath` says.
 */
export async function startControllerProcess(
  { controlPlane, moto }: { readonly controlPlane: ControlPlane; readonly moto: Moto },
  clusterName: string,
  {
    args = [],
    kubeconfigPath = controlPlane.kubeconfigPath,
  }: { readonly args?: readonly string[]; readonly kubeconfigPath?: string } = {},
): Promise<ControllerProcess> {
  const [port = 0, metricsPort = 0] = await freePorts(2);
  const logPath = join(controlPlane.folder, `${clusterName}-${port}.log`);
  const started = await startSupervised(
    process.execPath,
    [
      ...[join(ROOT, 'src/main.ts'), 'controller', '--unguarded'],
      ...['--account-id', ACCOUNT_ID, '--region', REGION, '--cluster-name', clusterName],
      ...['--kubeconfig', kubeconfigPath],
      ...['--health-address', `127.0.0.1:${port}`, '--metrics-address', `127.0.0.1:${metricsPort}`],
      ...args,
    ],
    { logPath, env: awsEnvironment(moto.url) },
  );
  return {
    ...started,
    log: () => readFile(logPath, 'utf8'),
    async isReady() {
      const answer = await fetch(`http://127.0.0.1:${port}/readyz`).catch(() => undefined); // refused until it listens
      return answer?.ok === true;
    },
    async metrics() {
      const answer = await fetch(`http://127.0.0.1:${metricsPort}/metrics`).catch(() => undefined);
      return (await answer?.text()) ?? '';
    },
  };
}

/** Waits until `controller` is ready. Throws with the end of its log when it exits before. */
export async function untilReady(controller: ControllerProcess): Promise<void> {
  await until(
    'the controller is ready',
    async () => {
      if (controller.hasExited()) throw new Error(await controller.describe());
      return (await controller.isReady()) || undefined;
    },
    { timeoutMs: 60_000, explain: controller.describe },
  );
}
