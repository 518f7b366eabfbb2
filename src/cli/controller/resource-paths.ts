import { API_GROUP, API_VERSION, APP_ACCESS_PLURAL } from '../../api/app-access.ts';
import type { ResourcePath } from '../../kube/resource-path.ts';

export const APP_ACCESSES: ResourcePath = { group: API_GROUP, version: API_VERSION, plural: APP_ACCESS_PLURAL };
export const SERVICE_ACCOUNTS: ResourcePath = { group: '', version: 'v1', plural: 'serviceaccounts' };
export const KUBE_SYSTEM: ResourcePath = { group: '', version: 'v1', plural: 'namespaces', name: 'kube-system' };
export const LEASES: ResourcePath = { group: 'coordination.k8s.io', version: 'v1', plural: 'leases' };
