import { expect, test } from 'vitest';
import { runSchedule } from '../../chaos/run/run-schedule.ts';
import type { Fault } from '../../chaos/schedule/fault.ts';
import type { Replica } from '../../chaos/world/replica.ts';

const HOUR_MS = 3_600_000;
const user = { begin: () => undefined, done: async () => [], manifests: () => [], removeAll: async () => undefined };

test.each<Fault>([
  { kind: 'Kubernetes', fault: { kind: 'Freeze', thenClose: false }, forMs: HOUR_MS },
  { kind: 'RestartApiServer', compact: false, blindMs: HOUR_MS },
])('a run that is cut short ends its fault $kind and begins nothing more', async (fault) => {
  const stopping = new AbortController();
  const told: string[] = [];
  const { promise: begun, resolve } = Promise.withResolvers<void>();
  const begin = ({ kind }: { readonly kind: string }) => {
    told.push(`begins ${kind}`);
    resolve();
    return () => void told.push(`ends ${kind}`);
  };
  const replicas = [{ kube: { begin } } as unknown as Replica]; // nothing else of it is asked for by these faults
  const controlPlane = { restartApiServer: () => Promise.reject(new Error('cut short')), compactEtcd: async () => {} };
  const steps = [0, HOUR_MS].map((atMs) => ({ atMs, kind: 'Fault' as const, fault }));
  const players = { world: { controlPlane }, replicas, user } as unknown as Parameters<typeof runSchedule>[1];
  const run = runSchedule({ seed: 0, steps }, players, stopping.signal);
  await begun;
  stopping.abort(new Error('stopping'));
  await expect(run).rejects.toMatchObject({ name: 'AbortError' });
  const kind = fault.kind === 'Kubernetes' ? 'Freeze' : 'StallWatches';
  expect(told).toEqual([`begins ${kind}`, `ends ${kind}`]);
});
