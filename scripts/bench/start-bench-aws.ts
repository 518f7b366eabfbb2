import { systemClock } from '../../src/base/clock.ts';
import { startAwsServer } from '../../src/dev/aws/start-aws-server.ts';
import type { Requests } from './bench-world.ts';
import { ACCOUNT, CLUSTER, REGION } from './controller-process.ts';
import { AWS_LATENCY_MS, type FleetScenario } from './scenario.ts';

/** The embedded AWS, with as many roles allowed and as much throttling as `scenario` says, and what was asked of it. */
export async function startBenchAws({ objects, iam }: FleetScenario) {
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
  let count = 0;
  aws.onCall = () => {
    count += 1; // when it came and again when it is answered: both are life
  };
  return {
    url: aws.url,
    count: () => count,
    requests(): Omit<Requests, 'kubeCalls'> {
      const calls = aws.calls();
      return {
        awsCalls: countBy(calls.map(({ action }) => action)),
        throttled: calls.filter(({ fault }) => fault === 'Throttling').length,
      };
    },
    stop: () => aws.stop(),
  };
}

/** How often each word is there. */
export function countBy(words: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const word of words) counts[word] = (counts[word] ?? 0) + 1;
  return counts;
}
