import { readAuditEvents } from '../../e2e/world/audit-log.ts';
import type { Replica } from '../world/replica.ts';
import type { LeaseWrite, SentWrite } from './lease-violations.ts';

/** What `replica` sent to change something in Kubernetes, the lease apart, or in AWS. */
export function sentWrites({ name, kube, aws }: Replica): readonly SentWrite[] {
  const toKubernetes = kube
    .requests()
    .filter(({ method, path }) => method !== 'GET' && !path.includes('/leases'))
    .map(({ method, path, atMs }) => ({ replica: name, what: `${method} ${path}`, atMs }));
  const toAws = aws
    .requests()
    .filter(({ action = '' }) => !/^(Get|List|Describe)/.test(action))
    .map(({ action = '', atMs }) => ({ replica: name, what: action, atMs }));
  return [...toKubernetes, ...toAws];
}

/** What the API server wrote down of the lease: the word of a third party. */
export async function readLeaseWrites(auditLogPath: string, replicas: readonly Replica[]): Promise<LeaseWrite[]> {
  const writes = await Promise.all(
    replicas.map(async ({ name }) =>
      (await readAuditEvents(auditLogPath, name))
        .filter(({ verb, objectRef }) => objectRef?.resource === 'leases' && verb !== 'get')
        .filter(({ responseStatus }) => (responseStatus?.code ?? 500) < 300)
        .map(({ requestReceivedTimestamp, requestObject }) => ({
          replica: name,
          atMs: Date.parse(requestReceivedTimestamp),
          isRelease: holderOf(requestObject) === '',
        })),
    ),
  );
  return writes.flat();
}

function holderOf(lease: unknown): string | undefined {
  return (lease as { spec?: { holderIdentity?: string } } | undefined)?.spec?.holderIdentity;
}
