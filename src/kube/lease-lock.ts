import { isConflict, isNotFound } from './kube-api-error.ts';
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
 * somebody else was faster or the Lease is gone, unless the API server makes it anew. What others put beside the lock
 * (labels, owners, fields of later versions) stays. Rejects as `KubeClient` does.
 * Source: https://kubernetes.io/docs/concepts/architecture/leases/
 */
export function createLeaseLock(client: KubeClient, { namespace, name }: { namespace: string; name: string }) {
  const collection = { group: 'coordination.k8s.io', version: 'v1', plural: 'leases', namespace };
  const path = { ...collection, name };
  /** As the last answer had it; an update of a Lease leaves out what it does not repeat. */
  let last: Lease | undefined;
  const stored = (lease: Lease): StoredLease => {
    last = lease;
    return toStored(lease);
  };
  const toObject = (record: LeaseRecord, known?: Lease): Lease => ({
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: { ...known?.metadata, name, namespace },
    spec: {
      ...known?.spec,
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
      return lease && stored(lease);
    },
    async create(record: LeaseRecord, signal: AbortSignal): Promise<StoredLease | 'Conflict'> {
      const answer = await unless(isConflict, client.create<Lease>(collection, toObject(record), signal));
      return answer === 'Conflict' ? answer : stored(answer);
    },
    async replace(version: string, record: LeaseRecord, signal: AbortSignal): Promise<StoredLease | 'Conflict'> {
      const known =
        last?.metadata.resourceVersion === version ? last : { metadata: { name, resourceVersion: version } };
      const write = client.replace<Lease>(path, toObject(record, known), signal);
      const answer = await unless((error) => isConflict(error) || isNotFound(error), write);
      return answer === 'Conflict' ? answer : stored(answer);
    },
  };
}

/** What `write` comes to; `Conflict` where it fails as `isRefusal` says. */
async function unless(isRefusal: (error: unknown) => boolean, write: Promise<Lease>): Promise<Lease | 'Conflict'> {
  try {
    return await write;
  } catch (error) {
    if (isRefusal(error)) return 'Conflict';
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
