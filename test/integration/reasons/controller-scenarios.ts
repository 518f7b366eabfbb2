import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CONTROLLER_REASONS } from '../../../src/api/reasons/controller-reasons.ts';
import { ReconcileError } from '../../../src/base/errors.ts';
import { noTracer } from '../../../src/base/pass-trace.ts';
import { loadKubeConnection } from '../../../src/kube/kube-config.ts';
import { noMetrics } from '../../../src/runtime/metrics.ts';
import type { Pass } from '../../../src/runtime/pass.ts';
import { WorkQueue } from '../../../src/runtime/work-queue.ts';
import { Workers } from '../../../src/runtime/workers.ts';
import { startFaultProxy } from '../../support/fault-proxy/start-fault-proxy.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { plainConnection } from '../../support/plain-connection.ts';
import type { Scenario } from './scenario.ts';
import { IRSA, LAMBDA, type Stage } from './stage.ts';

/** Workers whose only pass ends when it is told to, and not before. */
function workersOfAStubbornPass({ log }: Stage) {
  const clock = new ManualClock();
  const queue = new WorkQueue({ clock, metrics: noMetrics, random: () => 0.5 });
  const reconcile = ({ signal }: Pass) =>
    new Promise<never>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
  const workers = new Workers({
    queue,
    reconcile,
    count: 1,
    timeLimitMs: 120_000,
    clock,
    log,
    metrics: noMetrics,
    tracer: noTracer,
  });
  workers.start();
  queue.add('default/uploader');
  return { clock, workers };
}

const loadsKubeconfig =
  (kubeconfigPath: string, content?: string): Scenario =>
  async ({ said }) => {
    const path = join(import.meta.dirname, kubeconfigPath);
    if (content !== undefined) await writeFile(path, content);
    const error = await loadKubeConnection({ kubeconfigPath: path, env: {} }).catch((reason: unknown) => reason);
    if (error instanceof ReconcileError) said(`log:${error.reason}`);
  };

export const controllerScenarios: Readonly<Record<keyof typeof CONTROLLER_REASONS, Scenario>> = {
  async CrdOutdated({ start, world }) {
    await start();
    await world.apply('uploader', LAMBDA);
  },
  async ReadOnly({ start, world }) {
    await start({ readOnly: true });
    await world.apply('uploader', LAMBDA);
  },
  async KubernetesUnreachable({ start, world, untilSaid }) {
    const proxy = await startFaultProxy({ server: world.kube.url, random: Math.random });
    proxy.begin({ kind: 'ResetRequests', pathEnd: '/serviceaccounts/uploader' });
    const connection = plainConnection(proxy.url);
    const controller = await start({ connection });
    await world.apply('uploader', IRSA);
    await untilSaid(['Warning event:KubernetesUnreachable']);
    await controller.stop();
    await connection.close();
    await proxy.stop();
  },
  async KubernetesRefused({ start, world }) {
    await start();
    world.kube.failNext('get', 'serviceaccounts', 500);
    await world.apply('uploader', IRSA);
  },
  // A setting of the wrong type is what a bug in the reading of settings would let through.
  async InternalError({ start, world }) {
    const settings = { partition: 'aws', accountId: '123456789012', region: 'eu-west-1', clusterName: 'demo' };
    await start({ settings: { ...settings, oidcIssuer: 5 as unknown as string } });
    await world.apply('uploader', IRSA);
  },
  async Conflict({ start, world }) {
    await start();
    world.kube.failNext('patch', 'appaccesses', 409, 3); // two in a row are routine
    await world.apply('uploader', LAMBDA);
  },
  async Interrupted({ start, world, clock }) {
    await start();
    const asked = Promise.withResolvers<void>();
    world.aws.onCall = ({ action }) => {
      if (action === 'CreateRole') asked.resolve();
    };
    world.aws.failNext('CreateRole', { kind: 'TimeOut' });
    await world.apply('uploader', LAMBDA);
    await asked.promise;
    clock.jump(120_000);
  },
  async ReconcileTimeout(stage) {
    const { clock, workers } = workersOfAStubbornPass(stage);
    await clock.advance(120_000);
    await workers.stop(0);
  },
  async ShuttingDown(stage) {
    const { clock, workers } = workersOfAStubbornPass(stage);
    await clock.advance(1);
    const stopped = workers.stop(30_000);
    await clock.advance(30_000);
    await stopped;
  },
  // The clock jumps over the deadline between two writes, as it does for a process that stood still.
  async NotLeader({ start, world, clock }) {
    await start({ lease: { namespace: 'default', durationMs: 15_000 } });
    world.aws.onCall = ({ action }) => {
      if (action === 'CreateRole') clock.jump(10_000);
    };
    await world.apply('uploader', LAMBDA);
  },
  KubeconfigMissing: loadsKubeconfig('no-such-file'),
  KubeconfigInvalid: loadsKubeconfig('reasons.test.ts'),
};
