import { type AppAccess, RECONCILE_ANNOTATION } from '../api/app-access.ts';
import type { ConditionType } from '../api/condition-types.ts';
import type { ReasonOn } from '../api/reasons/reasons.ts';
import type { AppAccessStatus, Condition } from '../api/status-schema.ts';
import { type Reason, TerminalError, WaitingError } from '../base/errors.ts';
import { nearQuotaText } from '../policy/policy-size.ts';
import { CATALOGUE_VERSION } from '../policy/service-reference.ts';
import { driftedText } from './drift-report.ts';
import { conditionMessage } from './message-bounds.ts';
import type { PassReport } from './pass-report.ts';
import { subjectText } from './subject-text.ts';

/** Waiting this long for something that a person must supply counts as stalled. Source: style guide, section 6. */
export const STALLED_AFTER_MS = 120_000;
/** Reason of Reconciling or Stalled while a deletion does not get on. */
export const DELETION_BLOCKED = 'DeletionBlocked' satisfies ReasonOn<'Reconciling' | 'Stalled'>;
/** Differences that status lists one by one. */
export const MAX_DRIFT_ITEMS = 10;
const FITS = 'the spec compiles to IAM policies within their limits';

/**
 * The status that tells `report`, computed from the status before it. Equal reports give equal values: no time moves in
 * it unless a condition does. The rules are those of kstatus: Ready is always there, Reconciling and Stalled only while
 * they hold and never both, `observedGeneration` moves only when the pass ended in Ready or Stalled.
 */
export function reportStatus(appAccess: AppAccess, report: PassReport, nowMs: number): AppAccessStatus {
  const before: AppAccessStatus = appAccess.status ?? {};
  const generation = appAccess.metadata.generation ?? 0;
  if (report.unseen === true) return unseenStatus(before, report, generation, nowMs);
  const verdict = verdictOf(before, report, nowMs);
  const settled = verdict.status === 'True' || verdict.progress?.type === 'Stalled';
  const applied = report.applied === true || report.ready?.reason === 'Succeeded' || report.roleReady === true;
  const requestedAt = appAccess.metadata.annotations?.[RECONCILE_ANNOTATION];
  return withoutUndefined({
    observedGeneration: settled ? generation : before.observedGeneration,
    conditions: conditionsOf(before, report, verdict, generation, nowMs),
    subject: applied || before.applied === undefined ? subjectText(appAccess.spec) : before.subject,
    accountId: report.compiled?.accountId ?? before.accountId,
    role: report.role ?? before.role,
    applied:
      applied && report.compiled !== undefined
        ? { digest: report.compiled.digest, generation, catalogue: CATALOGUE_VERSION }
        : before.applied,
    policy: report.compiled?.policy ?? before.policy,
    drift: report.drift === undefined ? before.drift : nonEmpty(report.drift.slice(0, MAX_DRIFT_ITEMS)),
    driftCount: report.drift?.length ?? before.driftCount,
    lastHandledReconcileAt: settled ? (requestedAt ?? before.lastHandledReconcileAt) : before.lastHandledReconcileAt,
  });
}

/**
 * Nothing was seen, so all stays as it is; only where somebody must act before anything is seen again, `Drifted` says
 * that nobody knows.
 */
function unseenStatus(
  before: AppAccessStatus,
  { failure }: PassReport,
  observedGeneration: number,
  nowMs: number,
): AppAccessStatus {
  if (!(failure instanceof WaitingError)) return before;
  const message = `whether the role is still as it was applied cannot be seen: ${failure.message}`;
  const unknown = withTime(
    before,
    {
      type: 'Drifted',
      status: 'Unknown',
      observedGeneration,
      reason: failure.reason,
      message: conditionMessage(message),
    },
    nowMs,
  );
  const others = (before.conditions ?? []).filter(({ type }) => type !== 'Drifted');
  return { ...before, conditions: [...others, unknown] };
}

interface Verdict {
  readonly status: 'True' | 'False';
  readonly reason: Reason;
  readonly message: string;
  readonly progress?: { readonly type: 'Reconciling' | 'Stalled'; readonly reason: Reason };
}

function verdictOf(before: AppAccessStatus, { failure, ready, deleting }: PassReport, nowMs: number): Verdict {
  if (failure === undefined) {
    return { status: 'True', reason: ready?.reason ?? 'Succeeded', message: ready?.message ?? '' };
  }
  const { reason } = failure;
  const message = conditionMessage(failure.message);
  const stalled =
    failure instanceof TerminalError ||
    (failure instanceof WaitingError && heldSinceMs(before, reason, nowMs) >= STALLED_AFTER_MS);
  const progressReason = deleting === true ? DELETION_BLOCKED : stalled ? reason : 'ProgressingWithRetry';
  return {
    status: 'False',
    reason,
    message,
    progress: { type: stalled ? 'Stalled' : 'Reconciling', reason: progressReason },
  };
}

/** For how long Ready has been False for `reason`. */
function heldSinceMs(before: AppAccessStatus, reason: string, nowMs: number): number {
  const ready = before.conditions?.find((condition) => condition.type === 'Ready');
  if (ready?.status !== 'False' || ready.reason !== reason) return 0;
  return nowMs - Date.parse(ready.lastTransitionTime);
}

function conditionsOf(
  before: AppAccessStatus,
  report: PassReport,
  verdict: Verdict,
  generation: number,
  nowMs: number,
): Condition[] {
  const { reason, message, progress } = verdict;
  const make = (type: ConditionType, status: Condition['status'], why: Reason, text: string): Condition =>
    withTime(before, { type, status, observedGeneration: generation, reason: why, message: text }, nowMs);
  const kept = (type: ConditionType) =>
    (before.conditions ?? [])
      .filter((condition) => condition.type === type)
      .map((condition) => (verdict.status === 'True' ? { ...condition, observedGeneration: generation } : condition));
  const near = report.compiled && nearQuotaText(report.compiled.policy);
  const drifted = report.drift !== undefined && report.drift.length > 0;
  return [
    make('Ready', verdict.status, reason, message),
    ...(progress === undefined ? [] : [make(progress.type, 'True', progress.reason, message)]),
    ...(report.policyValid === undefined
      ? kept('PolicyValid')
      : [
          report.policyValid
            ? make('PolicyValid', 'True', near === undefined ? 'Compiled' : 'NearQuota', near ?? FITS)
            : make('PolicyValid', 'False', reason, message),
        ]),
    ...(report.roleReady === undefined
      ? kept('RoleReady')
      : [
          report.roleReady
            ? make('RoleReady', 'True', 'Applied', 'role, policies and tags are as the spec says')
            : make('RoleReady', 'False', reason, message),
        ]),
    ...(report.drift === undefined
      ? kept('Drifted')
      : drifted
        ? [make('Drifted', 'True', 'DriftReported', conditionMessage(driftedText(report.drift)))]
        : []),
  ];
}

/** The time moves when status or reason does, and is in whole seconds as Kubernetes writes it. */
function withTime(before: AppAccessStatus, condition: Omit<Condition, 'lastTransitionTime'>, nowMs: number): Condition {
  const old = before.conditions?.find((candidate) => candidate.type === condition.type);
  const unchanged = old !== undefined && old.status === condition.status && old.reason === condition.reason;
  const lastTransitionTime = unchanged ? old.lastTransitionTime : `${new Date(nowMs).toISOString().slice(0, 19)}Z`;
  return { ...condition, lastTransitionTime };
}

function nonEmpty(items: readonly string[]): string[] | undefined {
  return items.length === 0 ? undefined : [...items];
}

function withoutUndefined(
  status: { [Key in keyof AppAccessStatus]: AppAccessStatus[Key] | undefined },
): AppAccessStatus {
  return Object.fromEntries(Object.entries(status).filter(([, value]) => value !== undefined)) as AppAccessStatus;
}
