import type { FaultProxy } from '../../support/fault-proxy/start-fault-proxy.ts';
import type { SentWrite } from './lease-violations.ts';

/** A replica by what its proxies saw. */
export interface ProxiedReplica {
  readonly name: string;
  readonly kube: RequestRecord;
  readonly aws: RequestRecord;
}

type RequestRecord = Pick<FaultProxy, 'requests' | 'forgetRequests'>;

/** What `replica` sent to change something in Kubernetes, the lease apart, or in AWS. */
export function sentWrites({ name, kube, aws }: ProxiedReplica): readonly SentWrite[] {
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
