import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { AppAccess } from '../../../src/api/app-access.ts';
import { CONDITION_TYPES, type ConditionType } from '../../../src/api/condition-types.ts';
import type { ReasonEntry } from '../../../src/api/reasons/reason-entry.ts';
import { REASONS } from '../../../src/api/reasons/reasons.ts';
import type { AppAccessStatus } from '../../../src/api/status-schema.ts';
import {
  type FailureKind,
  type ReasonFor,
  ReconcileError,
  TerminalError,
  TransientError,
  WaitingError,
} from '../../../src/base/errors.ts';
import type { DesiredAccess } from '../../../src/policy/types.ts';
import { lookFailed } from '../../../src/reconcile/converge.ts';
import { driftReported } from '../../../src/reconcile/drift-report.ts';
import type { PassReport } from '../../../src/reconcile/pass-report.ts';
import { reportStatus, STALLED_AFTER_MS } from '../../../src/reconcile/report-status.ts';
import { appAccess } from '../../support/builders.ts';

const NOW = Date.parse('2026-01-01T00:00:00Z');
const SIZE = { statements: 1, characters: 100, quotaPercent: 1, trustCharacters: 205, trustQuotaPercent: 11 };
const COMPILED = { policyValid: true, compiled: { digest: 'd1', accountId: '123456789012', policy: SIZE } };
const READY: PassReport = {
  ...COMPILED,
  roleReady: true,
  drift: [],
  role: { name: 'r', arn: 'arn:r', id: 'AROA1' },
  ready: { reason: 'Succeeded', message: 'role r stands' },
};

test('a pass that ended well is Ready, says what was applied and has neither Reconciling nor Stalled', () => {
  const status = reportStatus(appAccess({ metadata: { generation: 3 } }), READY, NOW);
  expect(status).toMatchObject({
    observedGeneration: 3,
    subject: 'lambda/uploader',
    accountId: '123456789012',
    role: { name: 'r', arn: 'arn:r', id: 'AROA1' },
    applied: { digest: 'd1', generation: 3 },
    driftCount: 0,
  });
  expect(typesOf(status)).toEqual(['Ready=True', 'PolicyValid=True', 'RoleReady=True']);
});

test('a second pass with the same outcome leaves every byte of the status as it is', () => {
  const first = reportStatus(appAccess(), READY, NOW);
  expect(reportStatus(appAccess({ status: first }), READY, NOW + 3_600_000)).toEqual(first);
});

test('an error that a retry may mend is Reconciling and leaves observedGeneration behind', () => {
  const before = reportStatus(appAccess(), READY, NOW);
  const failed = {
    ...READY,
    roleReady: false,
    ready: undefined,
    failure: new TransientError('Throttled', 'slow down'),
  };
  const status = reportStatus(appAccess({ metadata: { generation: 2 }, status: before }), without(failed), NOW);
  expect(typesOf(status)).toEqual(['Ready=False', 'Reconciling=True', 'PolicyValid=True', 'RoleReady=False']);
  expect(status.observedGeneration).toBe(1);
});

test('an error that no retry can mend is Stalled at once', () => {
  const status = reportStatus(
    appAccess({ metadata: { generation: 2 } }),
    { policyValid: false, failure: new TerminalError('InvalidSpec', 'spec.grants: empty') },
    NOW,
  );
  expect(typesOf(status)).toEqual(['Ready=False', 'Stalled=True', 'PolicyValid=False']);
  expect(status.observedGeneration).toBe(2);
});

describe('waiting for something that a person must supply', () => {
  const waiting: PassReport = { failure: new WaitingError('ServiceAccountNotFound', 'create it', 60_000) };

  test('is Reconciling at first and Stalled after two minutes', () => {
    const first = reportStatus(appAccess(), waiting, NOW);
    expect(typesOf(first)).toEqual(['Ready=False', 'Reconciling=True']);
    const later = reportStatus(appAccess({ status: first }), waiting, NOW + STALLED_AFTER_MS);
    expect(typesOf(later)).toEqual(['Ready=False', 'Stalled=True']);
  });

  test('starts anew when the reason changes', () => {
    const first = reportStatus(appAccess(), waiting, NOW);
    const other: PassReport = { failure: new WaitingError('NoCredentials', 'give some', 60_000) };
    const later = reportStatus(appAccess({ status: first }), other, NOW + STALLED_AFTER_MS);
    expect(typesOf(later)).toEqual(['Ready=False', 'Reconciling=True']);
  });
});

describe('a pass that could not look at an object that stood', () => {
  const before = reportStatus(appAccess(), READY, NOW);
  const object = appAccess({ status: before });

  test('changes nothing when the fault passes by itself', () => {
    const report: PassReport = { unseen: true, failure: new TransientError('AwsUnavailable', 'no answer') };
    expect(reportStatus(object, report, NOW + 1_000)).toEqual(before);
  });

  test('keeps Ready and says once that drift is unknown when somebody must act, until it is seen again', () => {
    const report: PassReport = { unseen: true, failure: new WaitingError('NoCredentials', 'give some', 60_000) };
    const status = reportStatus(object, report, NOW + 1_000);
    expect(typesOf(status)).toEqual(['Ready=True', 'PolicyValid=True', 'RoleReady=True', 'Drifted=Unknown']);
    expect(status.conditions?.at(-1)).toMatchObject({ reason: 'NoCredentials' });
    expect(reportStatus(appAccess({ status }), report, NOW + 600_000)).toEqual(status);
    expect(reportStatus(appAccess({ status }), READY, NOW + 700_000)).toEqual(before);
  });
});

describe('a policy that comes near its quota', () => {
  test.each([
    [{ ...SIZE, characters: 8100, quotaPercent: 79 }, 'Compiled', 'within their limits'],
    [{ ...SIZE, characters: 8190, quotaPercent: 80 }, 'NearQuota', '8190 characters, 80 % of the 10240'],
    [{ ...SIZE, trustCharacters: 1639, trustQuotaPercent: 81 }, 'NearQuota', 'trust policy of 1639 characters, 81 %'],
  ])('%j is told as %s while the object stays Ready', (policy, reason, words) => {
    const compiled = { digest: 'd1', accountId: '123456789012', policy };
    const status = reportStatus(appAccess(), { ...READY, compiled }, NOW);
    expect(status.policy).toEqual(policy);
    expect(status.conditions).toMatchObject([
      { type: 'Ready', status: 'True' },
      { type: 'PolicyValid', status: 'True', reason, message: expect.stringContaining(words) },
      { type: 'RoleReady', status: 'True' },
    ]);
  });
});

test('drift is listed with at most ten items and counted whole, and each condition says how many it leaves out', () => {
  const drift = Array.from({ length: 30 }, (_, index) => `tag ${'t'.repeat(200)}${index} was removed`);
  const failure = driftReported(drift, appAccess({ spec: { drift: { mode: 'Report' } } }).spec, true);
  const status = reportStatus(appAccess(), { ...without({ ...READY, ready: undefined }), drift, failure }, NOW);
  expect(status.drift).toEqual(drift.slice(0, 10));
  expect(status.driftCount).toBe(30);
  const drifted = status.conditions?.find(({ type }) => type === 'Drifted');
  expect(drifted?.message).toMatch(/^30 differences from what was last applied:\ntag t+0 was removed\n/);
  expect(drifted?.message).toMatch(/\nand \d+ more$/);
});

test('the invariants of kstatus hold after every history of passes, and every reason is documented for its condition', () => {
  const failed = fc.constantFrom(...everyFailure()).chain(([error, { conditions }]) => {
    const carries = (type: ConditionType) => conditions.includes(type);
    // What is waited for and is never Stalled is waited for in deletions, where Stalled has a reason of its own.
    const ofDeletion = error instanceof WaitingError && !carries('Stalled');
    return fc.record({
      failure: fc.constant(error),
      policyValid: fc.constant(!carries('PolicyValid')),
      roleReady: fc.constantFrom(...(carries('RoleReady') ? [true, false] : [true])),
      deleting: ofDeletion ? fc.constant(true) : fc.boolean(),
      ...(carries('Drifted') ? { drift: fc.array(fc.string({ maxLength: 20 }), { minLength: 1, maxLength: 20 }) } : {}),
    });
  });
  const near = { digest: 'd1', accountId: '123456789012', policy: { ...SIZE, quotaPercent: 90 } };
  const step = fc.record({
    edit: fc.boolean(),
    advanceMs: fc.integer({ min: 0, max: 300_000 }),
    report: fc.oneof(
      fc.constantFrom(READY, { ...READY, compiled: near }),
      fc.constant({ ...READY, ready: { reason: 'Suspended', message: 'rests' } } as const),
      failed,
      fc.constantFrom(...UNSEEN),
    ),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 20 }), (steps) => {
      let object: AppAccess = appAccess({ status: { observedGeneration: -1 } });
      let nowMs = NOW;
      for (const { edit, advanceMs, report } of steps) {
        nowMs += advanceMs;
        const generation = (object.metadata.generation ?? 1) + (edit ? 1 : 0);
        object = { ...object, metadata: { ...object.metadata, generation } };
        const status = reportStatus(object, report instanceof ReconcileError ? lookAt(object, report) : report, nowMs);
        object = { ...object, status };
        expectInvariants(status, generation);
      }
    }),
  );
});

/** What keeps a pass from seeing anything, of which Ready may say nothing. */
const UNSEEN = [
  new TransientError('Throttled', 'words'),
  new TransientError('KubernetesUnreachable', 'words'),
  new WaitingError('NoCredentials', 'words', 1_000),
] as const;

/** The report of a pass over `object` that could not look. */
function lookAt(object: AppAccess, failure: ReconcileError): PassReport {
  const desired = {} as DesiredAccess; // what could not be compared
  return { ...COMPILED, ...lookFailed({ appAccess: object, desired, digest: 'd1' }, failure) };
}

/** One error of every kind that every reason told on the object can have. */
function everyFailure(): readonly (readonly [ReconcileError, ReasonEntry])[] {
  return Object.entries(REASONS).flatMap(([reason, entry]) => {
    if (!entry.conditions.some((type) => type === 'Ready')) return [];
    return entry.failure.map((kind) => [errorOf(kind, reason), entry] as const);
  });
}

function errorOf(kind: FailureKind, reason: string): ReconcileError {
  if (kind === 'Transient') return new TransientError(reason as ReasonFor<'Transient'>, 'words');
  if (kind === 'Terminal') return new TerminalError(reason as ReasonFor<'Terminal'>, 'words');
  return new WaitingError(reason as ReasonFor<'Waiting'>, 'words', 1_000);
}

function expectInvariants(status: AppAccessStatus, generation: number) {
  const of = (type: string) => status.conditions?.find((condition) => condition.type === type);
  const ready = of('Ready');
  const isTrue = (type: string) => of(type)?.status === 'True';
  expect(ready).toBeDefined();
  expect(ready?.status).not.toBe('Unknown'); // that is for the middle of a pass, and nothing is written there
  expect(isTrue('Reconciling') && isTrue('Stalled')).toBe(false);
  expect(status.observedGeneration).toBeLessThanOrEqual(generation);
  expect(status.conditions?.every((condition) => condition.observedGeneration !== undefined)).toBe(true);
  if (isTrue('Stalled') || isTrue('Reconciling')) expect(ready?.status).toBe('False');
  if (ready?.status === 'True') {
    expect(status.observedGeneration).toBe(generation);
    expect(isTrue('Drifted') || isTrue('Stalled') || isTrue('Reconciling')).toBe(false);
    expect(new Set(status.conditions?.map((condition) => condition.observedGeneration))).toEqual(new Set([generation]));
  }
  for (const { type, reason } of status.conditions ?? []) {
    expect(REASONS[reason as keyof typeof REASONS]?.conditions, `${reason} on ${type}`).toContain(type);
  }
  const order = Object.keys(CONDITION_TYPES);
  const types = status.conditions?.map(({ type }) => type) ?? [];
  expect(types).toEqual(order.filter((type) => types.includes(type)));
  if (ready?.status === 'False') expect(isTrue('Stalled') || isTrue('Reconciling')).toBe(true);
}

function typesOf(status: AppAccessStatus) {
  return status.conditions?.map((condition) => `${condition.type}=${condition.status}`);
}

function without(report: { [Key in keyof PassReport]: PassReport[Key] | undefined }): PassReport {
  return Object.fromEntries(Object.entries(report).filter(([, value]) => value !== undefined));
}
