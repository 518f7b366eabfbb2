import { type AppAccess, FINALIZER } from '../api/app-access.ts';
import { isTold } from '../api/reasons/reasons.ts';
import { canonicalJson } from '../base/canonical-json.ts';
import { ReconcileError, TerminalError, TransientError, WaitingError } from '../base/errors.ts';
import type { PassDependencies } from './dependencies.ts';
import { finalizeAccess } from './finalize-access.ts';
import { keyOf } from './key-of.ts';
import { OwnVersions } from './own-versions.ts';
import { deedEvents, newsEvents } from './pass-events.ts';
import type { PassReport } from './pass-report.ts';
import { reconcileAccess } from './reconcile-access.ts';
import { reportStatus } from './report-status.ts';

/** What happens to the key next. */
export type Next =
  | { readonly kind: 'Done' }
  | { readonly kind: 'RequeueAfter'; readonly afterMs: number }
  | { readonly kind: 'Retry'; readonly error: ReconcileError };

/**
 * The function that handles one AppAccess as the store holds it: one pass, then at most one status write, and none when
 * the status would not change. May run any number of times; must not run twice at once for one object.
 */
export function createReconciler(deps: PassDependencies): (appAccess: AppAccess, signal: AbortSignal) => Promise<Next> {
  const versions = new OwnVersions();
  return async (stored, signal) => {
    const appAccess = versions.newestOf(stored);
    if (appAccess.metadata.deletionTimestamp !== undefined) return finalize(appAccess, versions, deps, signal);
    const report = await reconcileAccess(appAccess, deps, signal).catch((error) => internalError(error, signal));
    return tell(appAccess, report, versions, deps, signal);
  };
}

async function finalize(
  appAccess: AppAccess,
  versions: OwnVersions,
  deps: PassDependencies,
  signal: AbortSignal,
): Promise<Next> {
  if (!appAccess.metadata.finalizers?.includes(FINALIZER)) return { kind: 'Done' };
  const report = await finalizeAccess(appAccess, deps, signal).catch((error) => internalError(error, signal));
  if (report.failure === undefined) {
    deps.recent.forget(keyOf(appAccess));
    versions.forget(appAccess);
    for (const event of deedEvents(appAccess, report)) deps.events.record(appAccess, event);
    return { kind: 'Done' };
  }
  return tell(appAccess, report, versions, deps, signal);
}

/**
 * Log, events and status of a finished pass; what happens next follows from the report, or from a status write that
 * failed. A failure that says nothing about the object, such as a pass cut off, leaves status and events as they are.
 */
async function tell(
  appAccess: AppAccess,
  report: PassReport,
  versions: OwnVersions,
  deps: PassDependencies,
  signal: AbortSignal,
): Promise<Next> {
  logPass(appAccess, report, deps);
  for (const event of deedEvents(appAccess, report)) deps.events.record(appAccess, event);
  const before = report.written === undefined ? [appAccess] : [appAccess, report.written];
  if (report.written !== undefined) versions.remember([appAccess], report.written);
  if (report.failure !== undefined && !isTold(report.failure.reason)) return nextOf(report);
  const status = reportStatus(appAccess, report, deps.clock.now());
  if (canonicalJson(status) === canonicalJson(appAccess.status ?? {})) return nextOf(report);
  try {
    versions.remember(before, await deps.kube.replaceStatus(report.written ?? appAccess, status, signal));
  } catch (error) {
    if (error instanceof ReconcileError) return { kind: 'Retry', error };
    throw error;
  }
  for (const event of newsEvents(appAccess, report)) deps.events.record(appAccess, event);
  return nextOf(report);
}

function logPass(appAccess: AppAccess, { failure, done = [], repaired = [] }: PassReport, { log }: PassDependencies) {
  const fields = { namespace: appAccess.metadata.namespace, name: appAccess.metadata.name };
  // What is retried is logged by whoever retries it, with its stack.
  if (failure instanceof TerminalError || failure instanceof WaitingError) {
    log.warn('pass ended without success', { ...fields, reason: failure.reason, message: failure.message });
  }
  if (done.length > 0) log.info('spec applied', { ...fields, actions: done });
  if (repaired.length > 0) log.info('drift repaired', { ...fields, actions: repaired });
}

/** A bug: told in the status as such, retried like a fault that may pass. */
function internalError(error: unknown, signal: AbortSignal): PassReport {
  if (signal.aborted) throw error;
  const text = error instanceof Error ? error.message : String(error);
  return { failure: new TransientError('InternalError', `the controller failed on this object: ${text}`, error) };
}

function nextOf({ failure, recheckAfterMs }: PassReport): Next {
  if (failure instanceof WaitingError) return { kind: 'RequeueAfter', afterMs: failure.requeueAfterMs };
  if (failure === undefined || failure instanceof TerminalError) {
    return recheckAfterMs === undefined ? { kind: 'Done' } : { kind: 'RequeueAfter', afterMs: recheckAfterMs };
  }
  return { kind: 'Retry', error: failure };
}
