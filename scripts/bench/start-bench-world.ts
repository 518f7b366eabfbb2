import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Agent } from 'undici';
import { appAccessCrd } from '../../src/api/custom-resource-definition.ts';
import { systemClock } from '../../src/base/clock.ts';
import { startAwsServer } from '../../src/dev/aws/start-aws-server.ts';
import { startKubeServer } from '../../src/dev/kube/start-kube-server.ts';
import { KubeClient } from '../../src/kube/kube-client.ts';
import { ACCOUNT, CLUSTER, REGION } from './controller-process.ts';
import type { KubeCount } from './measurement.ts';
import { AWS_LATENCY_MS, type FleetScenario } from './scenario.ts';

/** Requests that others than the bench have made so far. */
export interface Requests {
  readonly awsCalls: Readonly<Record<string, number>>;
  readonly throttled: number;
  readonly kubeCalls: readonly KubeCount[];
}

/** The embedded servers, which count what the controller asks of them. */
export interface BenchWorld {
  readonly kubeUrl: string;
  readonly awsUrl: string;
  /** For files of this run; gone after `stop`. */
  readonly directory: string;
  /** The bench's own; what it asks for is not counted. */
  readonly client: KubeClient;
  requests(): Requests;
  /** Grows with each request that comes and each call of AWS that is answered, whoever made it. */
  requestCount(): number;
  stop(): Promise<void>;
}

/** Starts both servers in this process, with as many roles allowed and as much throttling as `scenario` says. */
export async function startBenchWorld({ objects, iam }: FleetScenario): Promise<BenchWorld> {
  const kube = await startKubeServer({ port: 0, crds: [appAccessCrd()], validate: () => [], clock: systemClock });
  const aws = await startAwsServer({
    port: 0,
    accountId: ACCOUNT,
    region: REGION,
    clusters: [CLUSTER],
    clock: systemClock,
    latencyMs: AWS_LATENCY_MS,
    rolesPerAccount: objects,
    ...(iam === undefined ? {} : { iamRateLimit: iam }),
  });
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
  let awsCount = 0;
  aws.onCall = () => {
    awsCount += 1; // when it came and again when it is answered: both are life
  };
  const directory = await mkdtemp(join(tmpdir(), 'appaccess-bench-'));
  return {
    kubeUrl: kube.url,
    awsUrl: aws.url,
    directory,
    client,
    requests() {
      const calls = aws.calls().filter(({ service }) => service !== 'sts'); // once for the process, of no object
      return {
        awsCalls: countBy(calls.map(({ action }) => action)),
        throttled: calls.filter(({ fault }) => fault === 'Throttling').length,
        kubeCalls: kube
          .requests()
          .map((one) => ({ ...one, count: one.count - (own.get(`${one.verb} ${one.resource}`) ?? 0) })),
      };
    },
    requestCount: () => awsCount + kube.requests().reduce((sum, { count }) => sum + count, 0),
    async stop() {
      await dispatcher.destroy();
      await Promise.all([kube.stop(), aws.stop()]);
      await rm(directory, { recursive: true });
    },
  };
}

const OWN_CONNECTIONS = 16;

function countBy(words: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const word of words) counts[word] = (counts[word] ?? 0) + 1;
  return counts;
}
