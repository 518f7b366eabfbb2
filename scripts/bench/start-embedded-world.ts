import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Agent } from 'undici';
import { appAccessCrd } from '../../src/api/custom-resource-definition.ts';
import { systemClock } from '../../src/base/clock.ts';
import { startKubeServer } from '../../src/dev/kube/start-kube-server.ts';
import { KubeClient } from '../../src/kube/kube-client.ts';
import type { BenchWorld } from './bench-world.ts';
import type { FleetScenario } from './scenario.ts';
import { startBenchAws } from './start-bench-aws.ts';

/** Starts both embedded servers in this process. */
export async function startEmbeddedWorld(scenario: FleetScenario): Promise<BenchWorld> {
  const kube = await startKubeServer({ port: 0, crds: [appAccessCrd()], validate: () => [], clock: systemClock });
  const aws = await startBenchAws(scenario);
  const dispatcher = new Agent({ connections: OWN_CONNECTIONS });
  const own = new Map<string, number>();
  const client = new KubeClient({
    connection: {
      server: kube.url,
      namespace: 'default',
      dispatcher,
      async authorize() {},
      close: () => dispatcher.destroy(),
    },
    clock: systemClock,
    random: Math.random,
    userAgent: 'bench',
    onRequest: ({ verb, resource }) => own.set(`${verb} ${resource}`, (own.get(`${verb} ${resource}`) ?? 0) + 1),
  });
  const directory = await mkdtemp(join(tmpdir(), 'appaccess-bench-'));
  const kubeconfigPath = join(directory, 'kubeconfig');
  await writeFile(kubeconfigPath, JSON.stringify(kubeconfigOf(kube.url)));
  return {
    kubeconfigPath,
    awsUrl: aws.url,
    client,
    async requests() {
      const kubeCalls = kube
        .requests()
        .map((one) => ({ ...one, count: one.count - (own.get(`${one.verb} ${one.resource}`) ?? 0) }));
      return { ...aws.requests(), kubeCalls };
    },
    requestCount() {
      const asked = kube.requests().filter(({ resource }) => resource !== 'leases');
      return aws.count() + asked.reduce((sum, { count }) => sum + count, 0);
    },
    async stop() {
      await dispatcher.destroy();
      await Promise.all([kube.stop(), aws.stop()]);
      await rm(directory, { recursive: true });
    },
  };
}

/** Connections of the bench's own client. */
export const OWN_CONNECTIONS = 16;

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
