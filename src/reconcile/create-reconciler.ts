import { type AppAccess, FINALIZER } from '../api/app-access.ts';
import { isTold } from '../api/reasons/reasons.ts';
import type { AppAccessStatus } from '../api/status-schema.ts';
import { canonicalJson } from '../base/canonical-json.ts';
import { ReconcileError, TerminalError, TransientError, WaitingError } from '../base/errors.ts';
import type { PassContext } from '../base/pass-context.ts';
import type { PassDependencies, ReconcilerDependencies } from './dependencies.ts';
import { finalizeAccess } from './finalize-access.ts';
import { keyOf } from './key-of.ts';
import { LostFields } from './lost-fields.ts';
import { deedEvents, newsEvents } from './pass-events.ts';
import type { PassReport } from './pass-report.ts';
import { reconcileAccess } from './reconcile-access.ts';
import { reportStatus, STALLED_AFTER_MS } from './report-status.ts';
import { ObjectGoneError } from './require-current.ts';

/** What happens to the key next. */
export type Next =
  | { readonly kind: 'Done' }
  | { readonly kind: 'RequeueAfter'; readonly afterMs: number }
  | { readonly kind: 'Terminal'; readonly error: TerminalError; readonly recheckAfterMs?: number }
  /** `isBug`: the failure is one of this program. */
  | { readonly kind: 'Retry'; readonly error: ReconcileError; readonly isBug?: boolean; readonly isRoutine?: boolean }
  | {
      readonly kind: 'Wait';
      readonly cause: string;
      readonly error: ReconcileError;
      readonly retryAfterMs?: number;
      readonly ownPassAfterMs?: number;
    };

/**
 * The function that handles one AppAccess as the store holds it: one pass, then at most one status write, and none when
 * the status would not change. May run any number of times; must not run twice at once for one object.
 */
export function createReconciler(
  shared: ReconcilerDependencies,
): (appAccess: AppAccess, pass: PassContext & { readonly signal: AbortSignal }) => Promise<Next> {
  const lost = new LostFields();
  return async (stored, { signal, log, trace }) => {
    const deps: PassDependencies = { ...shared, log, trace };
    if (deps.vanished.includes(stored)) return finalize(stored, lost, deps, signal);
    const appAccess = deps.versions.newestOf(stored);
    if (appAccess.metadata.deletionTimestamp !== undefined) return finalize(appAccess, lost, deps, signal);
    const report = await reconcileAccess(appAccess, deps, signal).catch((error) => internalError(error, signal));
    return tell(appAccess, report, lost, deps, signal);
  };
}

async function finalize(
  appAccess: AppAccess,
  lost: LostFields,
  deps: PassDependencies,
  signal: AbortSignal,
): Promise<Next> {
  if (!appAccess.metadata.finalizers?.includes(FINALIZER)) return { kind: 'Done' };
  const report = await finalizeAccess(appAccess, deps, signal).catch((error) => internalError(error, signal));
  if (report.failure === undefined) {
    logPass(appAccess, report, deps);
    deps.recent.forget(keyOf(appAccess));
    deps.versions.forget(appAccess);
    deps.vanished.forget(keyOf(appAccess));
    for (const event of deedEvents(appAccess, report)) deps.events.record(appAccess, event);
    return { kind: 'Done' };
  }
  return tell(appAccess, report, lost, deps, signal);
}

/**
 * Log, events and status of a finished pass; what happens next follows from the report, or from a status write that
 * failed. A failure that says nothing about the object, such as a pass cut off, leaves status and events as they are.
 */
async function tell(
  appAccess: AppAccess,
  report: PassReport,
  lost: LostFields,
  deps: PassDependencies,
  signal: AbortSignal,
): Promise<Next> {
  logPass(appAccess, report, deps);
  for (const event of deedEvents(appAccess, report)) deps.events.record(appAccess, event);
  const status = reportStatus(appAccess, report, deps.clock.now());
  const before = report.written === undefined ? [appAccess] : [appAccess, report.written];
  if (report.written !== undefined) deps.versions.remember([appAccess], report.written);
  if (report.failure !== undefined && !isTold(report.failure.reason)) return nextOf(report, status);
  if (canonicalJson(lost.without(status)) === canonicalJson(appAccess.status ?? {})) return nextOf(report, status);
  try {
    const stored = await deps.trace.phase('report', () =>
      deps.kube.replaceStatus(report.written ?? appAccess, status, signal),
    );
    if (stored !== undefined) {
      deps.versions.remember(before, stored);
      lost.learn(status, stored.status, deps.log);
    } else {
      deps.vanished.gone(report.written ?? appAccess);
    }
  } catch (error) {
    if (error instanceof ReconcileError) return error.outage === undefined ? retry(error) : waitFor(error);
    throw error;
  }
  for (const event of newsEvents(appAccess, report)) deps.events.record(appAccess, event);
  return nextOf(report, status);
}

/** Says what was done, then why it ended, as both happened. */
function logPass(appAccess: AppAccess, report: PassReport, { log }: PassDependencies) {
  const { failure, deleting, done = [], repaired = [] } = report;
  const isGone = deleting === true && failure === undefined;
  if (done.length > 0 || isGone) log.info(deedMessage(appAccess, report), { actions: done });
  if (repaired.length > 0) log.info('drift repaired', { actions: repaired });
  // What is retried or ails many is logged by whoever retries it, with its stack or the number of the objects.
  const isOwn = failure instanceof TerminalError || failure instanceof WaitingError;
  if (isOwn && failure.outage === undefined) {
    const level = isNews(appAccess, failure) ? 'warn' : 'debug';
    log[level]('pass ended without success', { reason: failure.reason, message: failure.message });
  }
}

/** No more than what is so: a pass that was stopped on its way has applied or deleted a part. */
function deedMessage({ spec }: AppAccess, { applied, deleting, failure }: PassReport): string {
  if (deleting !== true) return applied === true ? 'spec applied' : 'spec applied in part';
  if (failure !== undefined) return 'deleted in part';
  return spec.deletionPolicy === 'Retain' ? 'retained' : 'deleted';
}

/** Whether status does not say so already. */
function isNews({ status }: AppAccess, { reason, message }: ReconcileError): boolean {
  const ready = status?.conditions?.find(({ type }) => type === 'Ready');
  return ready?.status !== 'False' || ready.reason !== reason || ready.message !== message;
}

/** A bug: told in the status as such, retried like a fault that may pass. */
function internalError(error: unknown, signal: AbortSignal): PassReport {
  if (signal.aborted) throw error;
  const text = error instanceof Error ? error.message : String(error);
  return { failure: new TransientError('InternalError', `the controller failed on this object: ${text}`, error) };
}

function nextOf({ failure, recheckAfterMs }: PassReport, status: AppAccessStatus): Next {
  if (failure?.outage !== undefined) return waitFor(failure, stallsAfterMs(failure, status));
  if (failure instanceof WaitingError) return { kind: 'RequeueAfter', afterMs: failure.requeueAfterMs };
  if (failure instanceof TerminalError) {
    return { kind: 'Terminal', error: failure, ...(recheckAfterMs === undefined ? {} : { recheckAfterMs }) };
  }
  if (failure instanceof ObjectGoneError) return { kind: 'Done' };
  if (failure !== undefined) return retry(failure);
  return recheckAfterMs === undefined ? { kind: 'Done' } : { kind: 'RequeueAfter', afterMs: recheckAfterMs };
}

function retry(error: ReconcileError): Next {
  const isBug = error.reason === 'InternalError';
  const isRoutine = error.reason === 'Conflict';
  return { kind: 'Retry', error, ...(isBug ? { isBug } : {}), ...(isRoutine ? { isRoutine } : {}) };
}

function waitFor(error: ReconcileError, ownPassAfterMs?: number): Next {
  const { name: cause, retryAfterMs } = error.outage ?? { name: error.reason };
  return {
    kind: 'Wait',
    cause,
    error,
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    ...(ownPassAfterMs === undefined ? {} : { ownPassAfterMs }),
  };
}

/** When the object has to be told as stalled, although others look for it; `undefined` when it is or never will be. */
function stallsAfterMs(failure: ReconcileError, { conditions = [] }: AppAccessStatus): number | undefined {
  const isReconciling = conditions.some(({ type }) => type === 'Reconciling');
  return failure instanceof WaitingError && isReconciling ? STALLED_AFTER_MS : undefined;
}
