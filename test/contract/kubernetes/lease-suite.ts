import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { systemClock } from '../../../src/base/clock.ts';
import { silentLogger } from '../../../src/base/logger.ts';
import { KubeClient } from '../../../src/kube/kube-client.ts';
import type { KubeConnection } from '../../../src/kube/kube-connection.ts';
import { createLeaseLock } from '../../../src/kube/lease-lock.ts';
import { LeaseElection, leaseTiming } from '../../../src/runtime/lease-election.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import type { KubernetesWorld } from './contract-world.ts';

const signal = new AbortController().signal;
const NAMESPACE = 'lease-contract';
const LEASES = { group: 'coordination.k8s.io', version: 'v1', plural: 'leases', namespace: NAMESPACE };
const LEASES_DELETED = { ...LEASES, name: 'deleted' };
const RECORD = {
  holder: 'a',
  durationSeconds: 15,
  acquiredAtMs: Date.UTC(2026, 0, 1),
  renewedAtMs: Date.UTC(2026, 0, 1, 0, 0, 2),
  transitions: 0,
};

/** What an election relies on of the Lease in `world`. */
export function leaseContract(world: KubernetesWorld): void {
  describe(`a lock kept in a Lease of ${world.name}`, () => {
    let connection: KubeConnection;
    let client: KubeClient;
    const lockOf = (name: string) => createLeaseLock(client, { namespace: NAMESPACE, name });

    beforeAll(async () => {
      connection = await world.connect();
      client = new KubeClient({ connection, clock: systemClock, random: Math.random, userAgent: 'contract' });
      const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: NAMESPACE } };
      await client.create({ group: '', version: 'v1', plural: 'namespaces' }, namespace, signal);
    });
    afterAll(async () => {
      await client.delete({ group: '', version: 'v1', plural: 'namespaces', name: NAMESPACE }, {}, signal);
      await connection.close();
    });

    test('is absent at first, and is read as it was written', async () => {
      const lock = lockOf('read');
      expect(await lock.read(signal)).toBeUndefined();
      const created = await lock.create(RECORD, signal);
      expect(created).toMatchObject({ record: RECORD });
      expect(await lock.read(signal)).toEqual(created);
    });

    test('is made by one of two who try', async () => {
      const answers = await Promise.all([lockOf('race').create(RECORD, signal), lockOf('race').create(RECORD, signal)]);
      expect(answers.filter((answer) => answer === 'Conflict')).toHaveLength(1);
    });

    test('is replaced by one of two who read the same version, and then by whoever read again', async () => {
      const lock = lockOf('replace');
      const created = await lock.create(RECORD, signal);
      if (created === 'Conflict') throw new Error('the lock must be new');
      const answers = await Promise.all([
        lock.replace(created.version, { ...RECORD, holder: 'b', transitions: 1 }, signal),
        lock.replace(created.version, { ...RECORD, holder: 'c', transitions: 1 }, signal),
      ]);
      expect(answers.filter((answer) => answer === 'Conflict')).toHaveLength(1);
      const now = await lock.read(signal);
      expect(await lock.replace(now?.version ?? '', { ...RECORD, holder: '' }, signal)).toMatchObject({
        record: { holder: '' },
      });
    });

    test('keeps what others put beside it', async () => {
      const lock = lockOf('labelled');
      const created = await lock.create(RECORD, signal);
      if (created === 'Conflict') throw new Error('the lock must be new');
      const path = { ...LEASES, name: 'labelled' };
      await client.patch(path, { metadata: { labels: { team: 'platform' } } }, 'merge', signal);
      expect(await lock.replace(created.version, RECORD, signal)).toBe('Conflict');
      const read = await lock.read(signal);
      const replaced = await lock.replace(read?.version ?? '', RECORD, signal);
      if (replaced === 'Conflict') throw new Error('nobody else writes');
      await lock.replace(replaced.version, { ...RECORD, holder: 'b' }, signal);
      expect(await client.get(path, signal)).toMatchObject({
        metadata: { labels: { team: 'platform' } },
        spec: { holderIdentity: 'b' },
      });
    });

    test('is made anew by its leader when somebody deletes it', async () => {
      const clock = new ManualClock();
      const timing = leaseTiming(15_000);
      const options = { store: lockOf('deleted'), identity: 'a', timing, clock, random: () => 0, log: silentLogger };
      const election = new LeaseElection(options);
      await election.acquire(signal);
      const stopping = new AbortController();
      const kept = election.keep(stopping.signal);
      await client.delete(LEASES_DELETED, {}, signal);
      await clock.advance(timing.retryMs);
      let made = await client.get(LEASES_DELETED, signal);
      while (made === undefined) made = await client.get(LEASES_DELETED, signal);
      expect(made).toMatchObject({ spec: { holderIdentity: 'a' } });
      expect(election.isFresh()).toBe(true);
      stopping.abort(new Error('end of the test'));
      await expect(kept).rejects.toThrow('end of the test');
    });
  });
}
