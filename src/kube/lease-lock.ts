import { isConflict } from './kube-api-error.ts';
import type { KubeClient } from './kube-client.ts';
import type { KubeObject } from './kube-object.ts';

/** What a Lease of coordination.k8s.io/v1 holds, in the terms of an election. */
interface LeaseRecord {
  readonly holder: string;
  readonly durationSeconds: number;
  readonly acquiredAtMs: number;
  readonly renewedAtMs: number;
  readonly transitions: number;
}

interface StoredLease {
  readonly record: LeaseRecord;
  readonly version: string;
}

interface Lease extends KubeObject {
  readonly spec?: {
    readonly holderIdentity?: string | null;
    readonly leaseDurationSeconds?: number | null;
    readonly acquireTime?: string | null;
    readonly renewTime?: string | null;
    readonly leaseTransitions?: number | null;
  };
}

/**
 * A lock kept in the Lease `name` of `namespace`. A write presents the version that was read and is a `Conflict` when
 * somebody else was faster. Rejects as `KubeClient` does.
 * Source: https://kubernetes.io/docs/concepts/architecture/leases/
 */
export function createLeaseLock(client: KubeClient, { namespace, name }: { namespace: string; name: string }) {
  const collection = { group: 'coordination.k8s.io', version: 'v1', plural: 'leases', namespace };
  const path = { ...collection, name };
  const toObject = (record: LeaseRecord, version?: string): Lease => ({
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: { name, namespace, ...(version === undefined ? {} : { resourceVersion: version }) },
    spec: {
      holderIdentity: record.holder,
      leaseDurationSeconds: record.durationSeconds,
      acquireTime: microTime(record.acquiredAtMs),
      renewTime: microTime(record.renewedAtMs),
      leaseTransitions: record.transitions,
    },
  });
  return {
    async read(signal: AbortSignal): Promise<StoredLease | undefined> {
      const lease = await client.get<Lease>(path, signal);
      return lease && toStored(lease);
    },
    create(record: LeaseRecord, signal: AbortSignal): Promise<StoredLease | 'Conflict'> {
      return orConflict(client.create<Lease>(collection, toObject(record), signal));
    },
    replace(version: string, record: LeaseRecord, signal: AbortSignal): Promise<StoredLease | 'Conflict'> {
      return orConflict(client.replace<Lease>(path, toObject(record, version), signal));
    },
  };
}

async function orConflict(write: Promise<Lease>): Promise<StoredLease | 'Conflict'> {
  try {
    return toStored(await write);
  } catch (error) {
    if (isConflict(error)) return 'Conflict';
    throw error;
  }
}

function toStored({ metadata, spec = {} }: Lease): StoredLease {
  return {
    version: metadata.resourceVersion ?? '',
    record: {
      holder: spec.holderIdentity ?? '',
      durationSeconds: spec.leaseDurationSeconds ?? 0,
      acquiredAtMs: Date.parse(spec.acquireTime ?? '') || 0,
      renewedAtMs: Date.parse(spec.renewTime ?? '') || 0,
      transitions: spec.leaseTransitions ?? 0,
    },
  };
}

/** Kubernetes wants six digits behind the point. */
function microTime(ms: number): string {
  return new Date(ms).toISOString().replace('Z', '000Z');
}
