import { systemClock } from '../../src/base/clock.ts';
import { KubeClient } from '../../src/kube/kube-client.ts';
import { loadKubeConnection } from '../../src/kube/kube-config.ts';
import { type AuditEvent, readAuditEvents } from '../../test/e2e/world/audit-log.ts';
import { startControlPlane } from '../../test/e2e/world/control-plane.ts';
import { CONTROLLER_USER, install } from '../../test/e2e/world/installation.ts';
import type { BenchWorld } from './bench-world.ts';
import type { KubeCount } from './measurement.ts';
import type { FleetScenario } from './scenario.ts';
import { countBy, startBenchAws } from './start-bench-aws.ts';

/**
 * Starts etcd, kube-apiserver and kube-controller-manager, installs `deploy/example`, and the embedded AWS in this process.
 * The controller connects as its service account; what it asks for is counted from the audit log, a watch when it ends.
 */
export async function startRealCluster(scenario: FleetScenario, report: (line: string) => void): Promise<BenchWorld> {
  const controlPlane = await startControlPlane(report);
  const { kubeconfigPath } = await install(controlPlane);
  const aws = await startBenchAws(scenario);
  const connection = await loadKubeConnection({ kubeconfigPath: controlPlane.kubeconfigPath, env: {} });
  const client = new KubeClient({ connection, clock: systemClock, random: Math.random, userAgent: 'bench' });
  return {
    kubeconfigPath,
    awsUrl: aws.url,
    client,
    async requests() {
      const events = await readAuditEvents(controlPlane.auditLogPath, CONTROLLER_USER);
      return { ...aws.requests(), kubeCalls: kubeCallsOf(events) };
    },
    requestCount: () => aws.count(), // every pass that does anything asks AWS
    async stop() {
      await connection.close();
      await Promise.all([controlPlane.stop(), aws.stop()]);
    },
  };
}

function kubeCallsOf(events: readonly AuditEvent[]): readonly KubeCount[] {
  const words = events.flatMap(({ verb, objectRef }) => {
    if (objectRef?.resource === undefined) return [];
    const { resource, subresource } = objectRef;
    return [`${verb} ${subresource === undefined ? resource : `${resource}/${subresource}`}`];
  });
  return Object.entries(countBy(words)).map(([word, count]) => {
    const [verb = '', resource = ''] = word.split(' ');
    return { verb, resource, count };
  });
}
