import { expect, test } from 'vitest';
import type { AppAccess } from '../../../src/api/app-access.ts';
import { wasRefused } from '../../../src/aws/error-code.ts';
import { TerminalError, TransientError, WaitingError } from '../../../src/base/errors.ts';
import { silentLogger } from '../../../src/base/logger.ts';
import { noTrace } from '../../../src/base/pass-trace.ts';
import type { ObservedRole, Rival } from '../../../src/plan/observation.ts';
import { roleIdentity } from '../../../src/policy/role-identity.ts';
import { createReconciler } from '../../../src/reconcile/create-reconciler.ts';
import type { PassDependencies, ReconcilerDependencies } from '../../../src/reconcile/dependencies.ts';
import { associationOf, HiddenCreations } from '../../../src/reconcile/hidden-creations.ts';
import { OwnVersions } from '../../../src/reconcile/own-versions.ts';
import { RecentWrites } from '../../../src/reconcile/recent-writes.ts';
import { VanishedObjects } from '../../../src/reconcile/vanished-objects.ts';
import { appAccess, observedRole } from '../../support/builders.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { recordingLogger } from '../../support/recording-logger.ts';

const SETTINGS = {
  partition: 'aws',
  accountId: '123456789012',
  region: 'eu-west-1',
  clusterName: 'demo',
  clusterUid: 'cluster-1',
};
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
  const aws = { createRole: () => Promise.reject(failure), wasRefused } as unknown as PassDependencies['aws'];
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
  const aws = { getRole: async () => undefined, createRole: () => Promise.reject(failure), wasRefused };
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
const DELETED = { finalizers: ['appaccess.dev/role'], deletionTimestamp: '2026-01-01T00:00:00Z' };
const HOUR_MS = 3_600_000;

/** An error of the SDK for a call of which so many requests were sent. */
const answered = (httpStatusCode: number, attempts: number) =>
  Object.assign(new Error('no'), { $metadata: { httpStatusCode, attempts } });

/** A world in which nothing is shown, long after this replica began to lead. */
function unseenWorld(change: Partial<PassDependencies['aws']>, ledMs = HOUR_MS) {
  const told: unknown[] = [];
  const ports = dependencies(async (object, status) => {
    told.push(status.conditions?.[0]?.message);
    return { ...object, status };
  });
  const removed: string[] = [];
  const kube = {
    ...ports.kube,
    whetherCurrent: async () => 'Current' as const,
    removeFinalizer: async ({ metadata }: AppAccess) => void removed.push(metadata.name),
    getServiceAccount: async () => undefined,
  };
  const absent = async () => undefined;
  const aws = {
    ...{ getRole: absent, getInstanceProfile: absent, findAssociation: absent, wasRefused },
    ...{ putInlinePolicy: absent, deleteInlinePolicy: absent, listInstanceProfilesForRole: async () => [] },
    ...change,
  } as unknown as PassDependencies['aws'];
  const clock = new ManualClock();
  const leadingSinceMs = clock.monotonicMs() - ledMs;
  const hidden = new HiddenCreations(clock, 120_000, () => leadingSinceMs);
  const all = { ...ports, clock, hidden, kube, aws };
  return { ...all, told, removed, reconcile: createReconciler(all) };
}

test.each([
  ['was made', async () => ROLE, REQUEUED],
  ['has a name that is taken', async () => ({ kind: 'AlreadyExists' as const }), REQUEUED],
  ['may have been made', () => Promise.reject(new TransientError('AwsUnavailable', 'no answer')), REQUEUED],
  [
    'may have been made before it was denied',
    () => Promise.reject(new WaitingError('AccessDenied', 'no', 60_000, answered(403, 2))),
    REQUEUED,
  ],
  [
    'was denied',
    () => Promise.reject(new WaitingError('AccessDenied', 'no', 60_000, answered(403, 1))),
    { kind: 'Done' },
  ],
  ['was refused', () => Promise.reject(new TerminalError('QuotaExceeded', 'no', answered(409, 1))), { kind: 'Done' }],
] as const)('an object whose role %s and is not shown is deleted only when it may go', async (_, createRole, next) => {
  const guarded = appAccess({ metadata: { resourceVersion: '1', finalizers: ['appaccess.dev/role'] } });
  const { reconcile, clock } = unseenWorld({ createRole });
  await reconcile(guarded, pass);
  const metadata = { ...guarded.metadata, ...DELETED, resourceVersion: '9' };
  expect(await reconcile({ ...guarded, metadata }, pass)).toEqual(next);
  await clock.advance(120_000);
  expect(await reconcile({ ...guarded, metadata }, pass)).toEqual({ kind: 'Done' });
});

test.each([
  ['the instance profile', { ec2: {} }, 'instance profile '],
  ['the association', { serviceAccount: { name: 'uploader' } }, 'the Pod Identity association of uploader '],
])('%s that an earlier leader may have made is looked for once the role is gone', async (_, subject, words) => {
  const { reconcile, clock, hidden, told } = unseenWorld({}, 0);
  hidden.removed('billing/uploader', 'Role');
  const deleted = appAccess({ metadata: DELETED, spec: { subject } });
  expect(await reconcile(deleted, pass)).toEqual(REQUEUED);
  expect(told).toEqual([expect.stringContaining(words)]);
  await clock.advance(30_000);
  expect(await reconcile(deleted, pass)).toEqual({ kind: 'Done' });
});

test('an association that was asked for is looked for whatever the spec says by now', async () => {
  const { reconcile, hidden, told } = unseenWorld({});
  hidden.asked('billing/uploader', associationOf('before'));
  const subject = { serviceAccount: { name: 'now', via: ['IRSA' as const] } };
  expect(await reconcile(appAccess({ metadata: DELETED, spec: { subject } }), pass)).toEqual(REQUEUED);
  expect(told).toEqual([expect.stringContaining('association of before')]);
});

test('a role that AWS shows and then does not know is not taken for gone while it is new', async () => {
  const role = roleOf(appAccess());
  const { reconcile, clock, hidden } = unseenWorld({
    getRole: async () => role,
    deleteRole: async () => 'Gone',
  });
  hidden.made('billing/uploader', 'Role');
  const deleted = appAccess({ metadata: DELETED });
  expect(await reconcile(deleted, pass)).toEqual(REQUEUED);
  await clock.advance(120_000);
  expect(await reconcile(deleted, pass)).toEqual({ kind: 'Done' });
});

test('a role whose deletion AWS denied is not gone when it is not shown the next time', async () => {
  let role: ObservedRole | undefined = roleOf(appAccess());
  const denied = new WaitingError('AccessDenied', 'no', 60_000, answered(403, 1));
  const { reconcile, hidden } = unseenWorld({ getRole: async () => role, deleteRole: () => Promise.reject(denied) });
  hidden.made('billing/uploader', 'Role');
  expect(await reconcile(appAccess({ metadata: DELETED }), pass)).toMatchObject({ afterMs: 60_000 });
  role = undefined;
  expect(await reconcile(appAccess({ metadata: DELETED }), pass)).toEqual(REQUEUED);
});

test('each of two creations in one pass is looked for', async () => {
  const guarded = appAccess({
    metadata: { resourceVersion: '1', finalizers: ['appaccess.dev/role'] },
    spec: { subject: { ec2: {} } },
  });
  let creations = 0;
  const { reconcile, hidden, told } = unseenWorld({
    async createRole() {
      creations += 1; // made, and not shown to the second look of the same pass
      return creations === 1 ? ROLE : { kind: 'AlreadyExists' };
    },
    createInstanceProfile: async () => ({ kind: 'AlreadyExists' }),
  });
  await reconcile(guarded, pass);
  expect(creations).toBe(2);
  hidden.removed('billing/uploader', 'Role');
  const metadata = { ...guarded.metadata, ...DELETED, resourceVersion: '9' };
  expect(await reconcile({ ...guarded, metadata }, pass)).toEqual(REQUEUED);
  expect(told.at(-1)).toContain('instance profile');
});

test('a role that AWS deletes is gone, however new, also for the pass after one that could not take the finalizer off', async () => {
  let role: ObservedRole | undefined = roleOf(appAccess());
  const { reconcile, hidden, kube } = unseenWorld({
    getRole: async () => role,
    deleteRole: async () => 'Deleted',
  });
  hidden.made('billing/uploader', 'Role');
  const failure = new TransientError('KubernetesRefused', 'not now');
  const { removeFinalizer } = kube;
  kube.removeFinalizer = () => Promise.reject(failure);
  expect(await reconcile(appAccess({ metadata: DELETED }), pass)).toEqual({ kind: 'Retry', error: failure });
  role = undefined;
  kube.removeFinalizer = removeFinalizer;
  expect(await reconcile(appAccess({ metadata: DELETED }), pass)).toEqual({ kind: 'Done' });
});

test('a role that an instance profile of its own still holds, which AWS does not show, is not told as in use', async () => {
  const { reconcile, hidden, told } = unseenWorld({
    getRole: async () => roleOf(appAccess()),
    deleteRole: async () => 'Conflict',
  });
  hidden.made('billing/uploader', 'InstanceProfile');
  expect(await reconcile(appAccess({ metadata: DELETED, spec: { subject: { ec2: {} } } }), pass)).toEqual(REQUEUED);
  expect(told).toEqual([expect.stringContaining('instance profile billing-uploader')]);
});

test('a role to be retained is released once it is shown, though its deletion had to wait', async () => {
  const tagged: string[] = [];
  let role: ObservedRole | undefined;
  const { reconcile, hidden, kube } = unseenWorld({
    getRole: async () => role,
    tagRole: async (_, tags) => void tagged.push(...Object.keys(tags)),
  });
  let stored = appAccess({ metadata: DELETED, spec: { deletionPolicy: 'Retain' } });
  const replaceStatus = kube.replaceStatus;
  kube.replaceStatus = async (object, status, signal) => {
    stored = { ...object, status };
    return replaceStatus(object, status, signal);
  };
  hidden.made('billing/uploader', 'Role');
  expect(await reconcile(stored, pass)).toEqual(REQUEUED);
  expect(stored.status?.conditions?.map(({ reason }) => reason)).toContain('DeletionBlocked');
  role = roleOf(stored);
  expect(await reconcile(stored, pass)).toEqual({ kind: 'Done' });
  expect(tagged).toEqual(['appaccess.dev/released']);
});

test('what was made for an object that vanished is deleted, and no object is written', async () => {
  const deleted: string[] = [];
  const vanishing = appAccess({ metadata: { resourceVersion: '1', finalizers: ['appaccess.dev/role'] } });
  const { reconcile, kube, vanished, removed } = unseenWorld({
    getRole: async () => roleOf(vanishing),
    deleteRole: async (name) => {
      deleted.push(name);
      return 'Deleted';
    },
  });
  vanished.guarded(vanishing);
  vanished.gone(vanishing);
  const kept = vanished.get('billing/uploader');
  if (kept === undefined) throw new Error('it is not kept');
  kube.whetherCurrent = async () => 'Replaced' as never;
  expect(await reconcile(kept, pass)).toEqual({ kind: 'Done' });
  expect(deleted).toEqual([]); // a namesake keeps the role
  kube.whetherCurrent = async () => 'Gone' as never;
  expect(await reconcile(kept, pass)).toEqual({ kind: 'Done' });
  expect({ deleted, removed, kept: vanished.get('billing/uploader') }).toEqual({
    deleted: [roleOf(vanishing).name],
    removed: [],
    kept: undefined,
  });
});

test('an object that is gone when its status is written has vanished', async () => {
  const guarded = appAccess({ metadata: { resourceVersion: '1', finalizers: ['appaccess.dev/role'] } });
  const { reconcile, kube, vanished } = unseenWorld({ createRole: async () => ROLE });
  kube.replaceStatus = async () => undefined;
  vanished.guarded(guarded);
  await reconcile(guarded, pass);
  expect(vanished.get('billing/uploader')?.metadata.deletionTimestamp).toBeDefined();
});

/** The role of `object` as AWS shows it. */
function roleOf(object: AppAccess): ObservedRole {
  const { name, path, tags } = roleIdentity(object, SETTINGS);
  return observedRole({ name, path, tags, arn: `arn:aws:iam::123456789012:role${path}${name}` });
}

/** Ports that know nothing but `replaceStatus`: a pass that asks for more fails the test. */
function dependencies(replaceStatus: PassDependencies['kube']['replaceStatus']): ReconcilerDependencies {
  const clock = new ManualClock();
  return {
    aws: { wasRefused } as PassDependencies['aws'],
    kube: { replaceStatus } as PassDependencies['kube'],
    rivals: { rivalsOf: () => [] },
    events: { record() {} },
    clock,
    settings: SETTINGS,
    recent: new RecentWrites(clock, 0),
    hidden: new HiddenCreations(clock, 0, () => 0),
    versions: new OwnVersions(() => undefined),
    vanished: new VanishedObjects(clock),
    readOnly: false,
  };
}
