import { expect, test } from 'vitest';
import type { AppAccess } from '../../../src/api/app-access.ts';
import { TerminalError, TransientError, WaitingError } from '../../../src/base/errors.ts';
import { silentLogger } from '../../../src/base/logger.ts';
import { noTrace } from '../../../src/base/pass-trace.ts';
import type { Rival } from '../../../src/plan/observation.ts';
import { createReconciler } from '../../../src/reconcile/create-reconciler.ts';
import type { PassDependencies, ReconcilerDependencies } from '../../../src/reconcile/dependencies.ts';
import { HiddenCreations } from '../../../src/reconcile/hidden-creations.ts';
import { OwnVersions } from '../../../src/reconcile/own-versions.ts';
import { RecentWrites } from '../../../src/reconcile/recent-writes.ts';
import { appAccess } from '../../support/builders.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { recordingLogger } from '../../support/recording-logger.ts';

const pass = { signal: new AbortController().signal, log: silentLogger, trace: noTrace };
/** Refused by the compiler, so that a pass asks nothing of AWS. */
const REFUSED = appAccess({
  spec: { grants: [{ statement: { effect: 'Allow', actions: ['*'], resources: ['*'] } }] },
});

test('a status that cannot be written is retried and is no bug', async () => {
  const failure = new TransientError('KubernetesRefused', 'not now');
  const reconcile = createReconciler(
    dependencies(async () => {
      throw failure;
    }),
  );
  expect(await reconcile(REFUSED, pass)).toEqual({ kind: 'Retry', error: failure });
});

test('a pass that changes nothing in the status writes none', async () => {
  const written: unknown[] = [];
  const reconcile = createReconciler(
    dependencies(async (object, status) => {
      written.push(status);
      return { ...object, status };
    }),
  );
  const refused = { kind: 'Terminal', error: expect.objectContaining({ reason: 'PolicyInvalid' }) };
  expect(await reconcile(REFUSED, pass)).toEqual(refused);
  const [status] = written;
  expect(await reconcile({ ...REFUSED, status: status as never }, pass)).toEqual(refused);
  expect(written).toHaveLength(1);
});

test('an object that is being deleted and has not our finalizer is left alone', async () => {
  const reconcile = createReconciler(dependencies(async (object) => object));
  const deleted = appAccess({ metadata: { deletionTimestamp: '2026-01-01T00:00:00Z', finalizers: ['example.dev/x'] } });
  expect(await reconcile(deleted, pass)).toEqual({ kind: 'Done' });
});

const STALE: readonly (readonly [string, AppAccess])[] = [
  ['applied', appAccess({ metadata: { finalizers: ['appaccess.dev/role'] } })],
  [
    'finalized',
    appAccess({ metadata: { finalizers: ['appaccess.dev/role'], deletionTimestamp: '2026-01-01T00:00:00Z' } }),
  ],
];

test.each(STALE)('an object that is not any more what the store still shows is not %s', async (_, stored) => {
  const ports = dependencies(() => Promise.reject(new Error('no status is due')));
  const kube = { ...ports.kube, whetherCurrent: async () => 'Changed' as const };
  const reconcile = createReconciler({ ...ports, kube }); // any call of AWS would fail for want of a port
  expect(await reconcile(stored, pass)).toMatchObject({ kind: 'Retry', error: { reason: 'Conflict' } });
});

test.each(STALE)(
  'an object that the store still shows and that is gone is not %s, and that is no failure',
  async (_, stored) => {
    const ports = dependencies(() => Promise.reject(new Error('no status is due')));
    const kube = { ...ports.kube, whetherCurrent: async () => 'Gone' as const };
    expect(await createReconciler({ ...ports, kube })(stored, pass)).toEqual({ kind: 'Done' });
  },
);

test('a pass that was cut off after it wrote the finalizer does not make the next one write it again', async () => {
  const fresh = appAccess({ metadata: { resourceVersion: '1' } });
  const guarded = appAccess({ metadata: { resourceVersion: '2', finalizers: ['appaccess.dev/role'] } });
  let finalizers = 0;
  const ports = dependencies(async (object) => object);
  const kube = {
    ...ports.kube,
    whetherCurrent: async () => 'Current' as const,
    async addFinalizer() {
      finalizers += 1;
      return guarded;
    },
  };
  const failure = new TransientError('Interrupted', 'cut off');
  const aws = { createRole: () => Promise.reject(failure) } as unknown as PassDependencies['aws'];
  const reconcile = createReconciler({ ...ports, kube, aws });
  expect(await reconcile(fresh, pass)).toEqual({ kind: 'Retry', error: failure });
  expect(await reconcile(fresh, pass)).toEqual({ kind: 'Retry', error: failure });
  expect(finalizers).toBe(1);
});

test('a pass looks once who else claims what it wants', async () => {
  const guarded = appAccess({ metadata: { resourceVersion: '1', finalizers: ['appaccess.dev/role'] } });
  const rival: Rival = { namespace: 'billing', name: 'x', roleArn: 'arn', claims: ['RoleName'], goesFirst: false };
  let looks = 0;
  const rivals = {
    rivalsOf() {
      looks += 1;
      return [rival];
    },
  };
  const failure = new TransientError('Interrupted', 'cut off');
  const aws = { getRole: async () => undefined, createRole: () => Promise.reject(failure) };
  const ports = dependencies(async (object) => object);
  const kube = { ...ports.kube, whetherCurrent: async () => 'Current' as const };
  const reconcile = createReconciler({ ...ports, kube, rivals, aws: aws as unknown as PassDependencies['aws'] });
  expect(await reconcile(guarded, pass)).toEqual({ kind: 'Retry', error: failure });
  expect(looks).toBe(1);
});

test('the log says of a role that was made before AWS refused the rest that the spec was applied in part, then why', async () => {
  const guarded = appAccess({ metadata: { resourceVersion: '1', finalizers: ['appaccess.dev/role'] } });
  const failure = new TerminalError('PolicyRefused', 'no');
  const aws = {
    createRole: async () => ({ kind: 'Created', arn: 'arn:aws:iam::123456789012:role/x', id: 'AROA1' }),
    putInlinePolicy: () => Promise.reject(failure),
  };
  const ports = dependencies(async (object, status) => ({ ...object, status }));
  const kube = { ...ports.kube, whetherCurrent: async () => 'Current' as const };
  const log = recordingLogger();
  const reconcile = createReconciler({ ...ports, kube, aws: aws as unknown as PassDependencies['aws'] });
  await reconcile(guarded, { ...pass, log });
  expect(log.lines.map(({ message }) => message)).toEqual(['spec applied in part', 'pass ended without success']);
});

test.each([
  ['deleted', 'Delete'],
  ['retained', 'Retain'],
] as const)('the log says of an object that is gone that it is %s', async (message, deletionPolicy) => {
  const deleted = appAccess({
    metadata: { finalizers: ['appaccess.dev/role'], deletionTimestamp: '2026-01-01T00:00:00Z' },
    spec: { deletionPolicy },
  });
  const ports = dependencies(async (object) => object);
  const kube = {
    ...ports.kube,
    whetherCurrent: async () => 'Current' as const,
    removeFinalizer: async () => undefined,
    getServiceAccount: async () => undefined,
  };
  const aws = { getRole: async () => undefined, listAssociations: async () => [] };
  const log = recordingLogger();
  const reconcile = createReconciler({ ...ports, kube, aws: aws as unknown as PassDependencies['aws'] });
  expect(await reconcile(deleted, { ...pass, log })).toEqual({ kind: 'Done' });
  expect(log.lines.map((line) => line.message)).toEqual([message]);
});

const REQUEUED = { kind: 'RequeueAfter', afterMs: 3_000 } as const;
const ROLE = { kind: 'Created', arn: 'arn:aws:iam::123456789012:role/x', id: 'AROA1' } as const;

test.each([
  ['was made', async () => ROLE, REQUEUED],
  ['has a name that is taken', async () => ({ kind: 'AlreadyExists' }), REQUEUED],
  ['may have been made', () => Promise.reject(new TransientError('AwsUnavailable', 'no answer')), REQUEUED],
  ['was denied', () => Promise.reject(new WaitingError('AccessDenied', 'no', 60_000)), { kind: 'Done' }],
  ['was refused', () => Promise.reject(new TerminalError('QuotaExceeded', 'no')), { kind: 'Done' }],
] as const)('an object whose role %s and is not shown is deleted only when it may go', async (_, createRole, next) => {
  const guarded = appAccess({ metadata: { resourceVersion: '1', finalizers: ['appaccess.dev/role'] } });
  const ports = dependencies(async (object, status) => ({ ...object, status }));
  const kube = {
    ...ports.kube,
    whetherCurrent: async () => 'Current' as const,
    removeFinalizer: async () => undefined,
    getServiceAccount: async () => undefined,
  };
  const aws = {
    getRole: async () => undefined,
    listAssociations: async () => [],
    createRole,
    putInlinePolicy: async () => undefined,
  } as unknown as PassDependencies['aws'];
  const clock = new ManualClock();
  const hidden = new HiddenCreations(clock, 120_000, () => clock.monotonicMs() - 3_600_000);
  const reconcile = createReconciler({ ...ports, clock, hidden, kube, aws });
  await reconcile(guarded, pass);
  const metadata = { ...guarded.metadata, resourceVersion: '9', deletionTimestamp: '2026-01-01T00:00:00Z' };
  expect(await reconcile({ ...guarded, metadata }, pass)).toEqual(next);
  await clock.advance(120_000);
  expect(await reconcile({ ...guarded, metadata }, pass)).toEqual({ kind: 'Done' });
});

test.each([
  ['the instance profile', { ec2: {} }, 'instance profile '],
  ['the association', { serviceAccount: { name: 'uploader' } }, 'the Pod Identity association '],
])('%s that an earlier leader may have made is looked for once the role is gone', async (_, subject, words) => {
  const metadata = { finalizers: ['appaccess.dev/role'], deletionTimestamp: '2026-01-01T00:00:00Z' };
  const deleted = appAccess({ metadata, spec: { subject } });
  const told: unknown[] = [];
  const ports = dependencies(async (object, status) => {
    told.push(status.conditions?.[0]?.message);
    return { ...object, status };
  });
  const kube = {
    ...ports.kube,
    whetherCurrent: async () => 'Current' as const,
    removeFinalizer: async () => undefined,
    getServiceAccount: async () => undefined,
  };
  const absent = async () => undefined;
  const aws = { getRole: absent, getInstanceProfile: absent, findAssociation: absent };
  const clock = new ManualClock();
  const leadingSinceMs = clock.monotonicMs();
  const hidden = new HiddenCreations(clock, 120_000, () => leadingSinceMs);
  hidden.passed('billing/uploader', { done: [{ kind: 'DeleteRole', roleName: 'x' }] }, undefined);
  const reconcile = createReconciler({ ...ports, clock, hidden, kube, aws: aws as unknown as PassDependencies['aws'] });
  expect(await reconcile(deleted, pass)).toEqual(REQUEUED);
  expect(told).toEqual([expect.stringContaining(words)]);
  await clock.advance(30_000);
  expect(await reconcile(deleted, pass)).toEqual({ kind: 'Done' });
});

/** Ports that know nothing but `replaceStatus`: a pass that asks for more fails the test. */
function dependencies(replaceStatus: PassDependencies['kube']['replaceStatus']): ReconcilerDependencies {
  const clock = new ManualClock();
  return {
    aws: {} as PassDependencies['aws'],
    kube: { replaceStatus } as PassDependencies['kube'],
    rivals: { rivalsOf: () => [] },
    events: { record() {} },
    clock,
    settings: { partition: 'aws', accountId: '123456789012', region: 'eu-west-1', clusterName: 'demo' },
    recent: new RecentWrites(clock, 0),
    hidden: new HiddenCreations(clock, 0, () => 0),
    versions: new OwnVersions(() => undefined),
    readOnly: false,
  };
}
