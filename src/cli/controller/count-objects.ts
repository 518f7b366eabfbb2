import type { AppAccess } from '../../api/app-access.ts';
import type { ReadonlyStore } from '../../runtime/store.ts';
import type { ObjectCount } from '../../telemetry/object-metrics.ts';

/** How many objects of each namespace stand alike by their condition Ready, as last reported. */
export function countObjects(store: ReadonlyStore<AppAccess, 'namespace'>): readonly ObjectCount[] {
  return store.indexValues('namespace').flatMap((namespace) => {
    const counts = new Map<string, ObjectCount>();
    for (const appAccess of store.listBy('namespace', namespace)) {
      const { status: ready, reason } = readyOf(appAccess);
      const alike = `${ready} ${reason}`;
      counts.set(alike, { namespace, ready, reason, count: 1 + (counts.get(alike)?.count ?? 0) });
    }
    return [...counts.values()];
  });
}

function readyOf({ status }: AppAccess): { readonly status: string; readonly reason: string } {
  return status?.conditions?.find(({ type }) => type === 'Ready') ?? { status: 'Unknown', reason: '' };
}
