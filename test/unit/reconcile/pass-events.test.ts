import { describe, expect, test } from 'vitest';
import type { AppAccess } from '../../../src/api/app-access.ts';
import { type ReconcileError, TerminalError, TransientError } from '../../../src/base/errors.ts';
import { deedEvents, newsEvents } from '../../../src/reconcile/pass-events.ts';
import type { PassReport } from '../../../src/reconcile/pass-report.ts';
import { reportStatus } from '../../../src/reconcile/report-status.ts';
import { appAccess } from '../../support/builders.ts';

const SMALL = { statements: 1, characters: 100, quotaPercent: 1, trustCharacters: 100, trustQuotaPercent: 5 };
const READY = reportOf({ roleReady: true, ready: { reason: 'Succeeded', message: 'role r stands' } });
const DENIED = failed(new TerminalError('RoleNotOwned', 'not ours; choose another name'));
const THROTTLED = failed(new TransientError('Throttled', 'slow down'));
const NEAR = reportOf({
  ...READY,
  compiled: { digest: 'd1', accountId: '123456789012', policy: { ...SMALL, characters: 8192, quotaPercent: 80 } },
});

describe('news', () => {
  test('is nothing for the first pass that ends well, nor for any after it', () => {
    expect(newsOf(READY)).toEqual([]);
    expect(newsOf(READY, READY)).toEqual([]);
  });

  test('is a failure that was not there before, once', () => {
    expect(newsOf(READY, DENIED)).toEqual(['Warning RoleNotOwned: not ours; choose another name']);
    expect(newsOf(READY, DENIED, DENIED)).toEqual([]);
  });

  test('is another failure after the first', () => {
    expect(newsOf(DENIED, THROTTLED)).toEqual(['Warning Throttled: slow down']);
  });

  test('is the same failure after an edit, which did not mend it', () => {
    expect(newsEvents(edited(after(DENIED)), DENIED)).toHaveLength(1);
  });

  test('is the end of a failure', () => {
    expect(newsOf(DENIED, READY)).toEqual(['Normal Succeeded: role r stands']);
    expect(newsOf(DENIED, READY, READY)).toEqual([]);
  });

  test('is a deletion that gets blocked by what failed before it as well', () => {
    const blocked = { ...THROTTLED, deleting: true };
    expect(newsOf(THROTTLED, blocked)).toEqual(['Warning Throttled: slow down']);
    expect(newsOf(THROTTLED, blocked, blocked)).toEqual([]);
  });

  test('is drift of which more was found, although status lists no more than ten', () => {
    const drift = Array.from({ length: 12 }, (_, index) => `tag t${index} was removed`);
    const reported = (count: number) => ({
      ...failed(new TerminalError('DriftReported', 'drift')),
      drift: drift.slice(0, count),
    });
    expect(newsOf(reported(2), reported(3))).toHaveLength(1);
    expect(newsOf(reported(12), reported(12))).toEqual([]);
    expect(newsOf(reported(11), reported(12))).toHaveLength(1);
  });

  test('is a policy that comes near its quota, once, with sizes and remedy', () => {
    expect(newsOf(READY, NEAR)).toEqual([
      'Warning NearQuota: the grants compile to 8192 characters, 80 % of the 10240 that IAM takes for one role; split them over several AppAccess objects before they grow further',
    ]);
    expect(newsOf(READY, NEAR, NEAR)).toEqual([]);
    expect(newsOf(NEAR, READY, NEAR)).toHaveLength(1);
  });

  test('is no pass that was cut off', () => {
    expect(newsEvents(after(READY), failed(new TransientError('Interrupted', 'cut off')))).toEqual([]);
  });
});

describe('deeds', () => {
  test('are what was written, named whole as far as it fits, the rest counted', () => {
    const done = Array.from({ length: 40 }, (_, index) => `set tags team${index} on role billing-uploader-0123456789`);
    const [event] = deedEvents(appAccess(), { ...READY, done });
    expect(event).toMatchObject({ type: 'Normal', reason: 'Applied', action: 'Reconcile' });
    expect(Buffer.byteLength(event?.note ?? '')).toBeLessThanOrEqual(1024);
    expect(event?.note).toMatch(/^set tags team0 on role .*; and \d+ more$/);
  });

  test('are drift that was repaired, in words and as a warning', () => {
    expect(deedEvents(appAccess(), { ...READY, repaired: ['tag team was removed', 'tag a was added'] })).toEqual([
      {
        type: 'Warning',
        reason: 'DriftRepaired',
        action: 'Repair',
        note: 'set right what was changed in AWS: tag team was removed; tag a was added',
      },
    ]);
  });

  test('are none for a pass that wrote nothing', () => {
    expect(deedEvents(appAccess(), { ...READY, done: [], repaired: [] })).toEqual([]);
  });

  test('of a deletion say what went, or that the role stays', () => {
    expect(deedEvents(appAccess(), { deleting: true, done: ['delete role r'] })).toMatchObject([{ reason: 'Deleted' }]);
    const retained = appAccess({ spec: { deletionPolicy: 'Retain' } });
    expect(deedEvents(retained, { deleting: true, done: [] })).toMatchObject([{ reason: 'Retained' }]);
  });
});

/** Events of the last of `reports`, each pass seeing the status that the one before it left. */
function newsOf(...reports: readonly PassReport[]): string[] {
  const last = reports.at(-1) ?? {};
  const events = newsEvents(after(...reports.slice(0, -1)), last);
  return events.map(({ type, reason, note }) => `${type} ${reason}: ${note}`);
}

function after(...reports: readonly PassReport[]): AppAccess {
  let object = appAccess();
  for (const report of reports) object = { ...object, status: reportStatus(object, report, 0) };
  return object;
}

function edited(object: AppAccess): AppAccess {
  return { ...object, metadata: { ...object.metadata, generation: (object.metadata.generation ?? 0) + 1 } };
}

function reportOf(change: PassReport): PassReport {
  return {
    policyValid: true,
    drift: [],
    compiled: { digest: 'd1', accountId: '123456789012', policy: SMALL },
    ...change,
  };
}

function failed(failure: ReconcileError): PassReport {
  return reportOf({ roleReady: false, failure });
}
