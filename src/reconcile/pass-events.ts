import type { AppAccess } from '../api/app-access.ts';
import { isTold } from '../api/reasons/reasons.ts';
import type { AppAccessStatus } from '../api/status-schema.ts';
import { nearQuotaText } from '../policy/policy-size.ts';
import { eventNote, messageNote } from './message-bounds.ts';
import type { PassReport } from './pass-report.ts';
import type { PassEvent } from './ports.ts';
import { DELETION_BLOCKED, MAX_DRIFT_ITEMS } from './report-status.ts';

/** Events about what the pass did. Told whatever becomes of the status, since no later pass does it again. */
export function deedEvents({ spec }: AppAccess, report: PassReport): readonly PassEvent[] {
  const { done = [], repaired = [], deleting, failure } = report;
  if (repaired.length > 0) {
    const note = messageNote(['set right what was changed in AWS:', ...repaired].join('\n'));
    return [{ type: 'Warning', reason: 'DriftRepaired', action: 'Repair', note }];
  }
  if (deleting === true && spec.deletionPolicy === 'Retain' && failure === undefined) {
    const note = 'the role stays in AWS as it is; an AppAccess of the same namespace and name takes it back';
    return [{ type: 'Normal', reason: 'Retained', action: 'Delete', note }];
  }
  if (done.length === 0) return [];
  const reason = deleting === true ? 'Deleted' : 'Applied';
  return [{ type: 'Normal', reason, action: actionOf(report), note: eventNote(done) }];
}

/**
 * Events about what is new against the status before the pass: a failure, the end of one, a policy that nears its quota.
 * Empty for a pass that says what the last one said. Told once the new status stands, for it is what remembers them.
 */
export function newsEvents({ metadata, status }: AppAccess, report: PassReport): readonly PassEvent[] {
  const conditions = status?.conditions ?? [];
  const find = (type: string) => conditions.find((condition) => condition.type === type);
  const near = report.compiled === undefined ? undefined : nearQuotaText(report.compiled.policy);
  const events: PassEvent[] = [];
  if (near !== undefined && find('PolicyValid')?.reason !== 'NearQuota') {
    events.push({ type: 'Warning', reason: 'NearQuota', action: 'Compile', note: near });
  }
  const { failure, ready } = report;
  const before = find('Ready');
  if (failure !== undefined && report.unseen !== true && isTold(failure.reason)) {
    const wasBlocked = conditions.some(({ reason }) => reason === DELETION_BLOCKED);
    if (isNewFailure(metadata.generation, status, report) || (report.deleting === true && !wasBlocked)) {
      const note = messageNote(failure.message);
      events.push({ type: 'Warning', reason: failure.reason, action: actionOf(report), note });
    }
  }
  if (ready?.reason === 'Succeeded' && before?.status === 'False') {
    events.push({ type: 'Normal', reason: 'Succeeded', action: 'Reconcile', note: messageNote(ready.message) });
  }
  return events;
}

function isNewFailure(
  generation: number | undefined,
  status: AppAccessStatus | undefined,
  { failure, drift = [] }: PassReport,
): boolean {
  const before = status?.conditions?.find(({ type }) => type === 'Ready');
  if (before?.status !== 'False' || before.reason !== failure?.reason) return true;
  if (before.observedGeneration !== generation) return true;
  if (drift.length === 0) return false;
  const listed = (items: readonly string[]) => items.slice(0, MAX_DRIFT_ITEMS).join('\n');
  return drift.length !== status?.driftCount || listed(drift) !== listed(status.drift ?? []);
}

function actionOf({ deleting }: PassReport): string {
  return deleting === true ? 'Delete' : 'Reconcile';
}
