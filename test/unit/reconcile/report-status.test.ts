import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { AppAccess } from '../../../src/api/app-access.ts';
import type { AppAccessStatus } from '../../../src/api/status-schema.ts';
import { TerminalError, TransientError, WaitingError } from '../../../src/base/errors.ts';
import type { PassReport } from '../../../src/reconcile/pass-report.ts';
import { reportStatus, STALLED_AFTER_MS } from '../../../src/reconcile/report-status.ts';
import { appAccess } from '../../support/builders.ts';

const NOW = Date.parse('2026-01-01T00:00:00Z');
const READY: PassReport = {
  policyValid: true,
  roleReady: true,
  drift: [],
  compiled: { digest: 'd1', accountId: '123456789012', policy: { statements: 1, characters: 100, quotaPercent: 1 } },
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

test('the invariants of kstatus hold after every history of passes', () => {
  const failure = fc.constantFrom(
    new TransientError('Throttled', 'slow down'),
    new WaitingError('ServiceAccountNotFound', 'create it', 60_000),
    new TerminalError('RoleNotOwned', 'not ours'),
  );
  const step = fc.record({
    edit: fc.boolean(),
    advanceMs: fc.integer({ min: 0, max: 300_000 }),
    report: fc.oneof(
      fc.constant(READY),
      fc.constant({
        policyValid: true,
        roleReady: true,
        drift: [],
        ready: { reason: 'Suspended', message: 'rests' },
      } as const),
      fc.record({ failure, policyValid: fc.constant(true), roleReady: fc.boolean() }),
      fc.record({ failure, drift: fc.array(fc.string({ maxLength: 20 }), { maxLength: 20 }) }),
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
        const status = reportStatus(object, report, nowMs);
        object = { ...object, status };
        expectInvariants(status, generation);
      }
    }),
  );
});

function expectInvariants(status: AppAccessStatus, generation: number) {
  const of = (type: string) => status.conditions?.find((condition) => condition.type === type);
  const ready = of('Ready');
  const isTrue = (type: string) => of(type)?.status === 'True';
  expect(ready).toBeDefined();
  expect(isTrue('Reconciling') && isTrue('Stalled')).toBe(false);
  expect(status.observedGeneration).toBeLessThanOrEqual(generation);
  expect(status.conditions?.every((condition) => condition.observedGeneration !== undefined)).toBe(true);
  if (isTrue('Stalled') || isTrue('Reconciling')) expect(ready?.status).toBe('False');
  if (ready?.status === 'True') {
    expect(status.observedGeneration).toBe(generation);
    expect(isTrue('Drifted') || isTrue('Stalled') || isTrue('Reconciling')).toBe(false);
    expect(new Set(status.conditions?.map((condition) => condition.observedGeneration))).toEqual(new Set([generation]));
  }
  if (ready?.status === 'False') expect(isTrue('Stalled') || isTrue('Reconciling')).toBe(true);
}

function typesOf(status: AppAccessStatus) {
  return status.conditions?.map((condition) => `${condition.type}=${condition.status}`);
}

function without(report: { [Key in keyof PassReport]: PassReport[Key] | undefined }): PassReport {
  return Object.fromEntries(Object.entries(report).filter(([, value]) => value !== undefined));
}
