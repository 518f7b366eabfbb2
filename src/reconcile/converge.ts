import type { AppAccess } from '../api/app-access.ts';
import { ReconcileError, TerminalError, WaitingError } from '../base/errors.ts';
import { describeAction } from '../plan/actions.ts';
import { heldAccount } from '../plan/claims.ts';
import type { Observation } from '../plan/observation.ts';
import type { ReadyPlan, Waiting } from '../plan/plan.ts';
import { planAccess } from '../plan/plan-access.ts';
import type { CompileSettings, DesiredAccess } from '../policy/types.ts';
import { type AppliedFacts, applyActions, CollisionError } from './apply-actions.ts';
import { assumeApplied } from './assume-applied.ts';
import type { PassDependencies } from './dependencies.ts';
import { driftReported, driftWords } from './drift-report.ts';
import { keyOf } from './key-of.ts';
import { observeAccess, observeNewAccess, type Sought } from './observe.ts';
import type { PassReport } from './pass-report.ts';
import { removalEvents } from './removal-events.ts';
import { ObjectGoneError, requireCurrent } from './require-current.ts';
import { keptRole, knownArns, roleStatus } from './role-status.ts';
import { handOverText } from './subject-text.ts';

/** What a pass over a valid spec knows before it looks at the world. */
export interface Target {
  readonly appAccess: AppAccess;
  readonly desired: DesiredAccess;
  readonly digest: string;
  /** The API server has said in this pass that the object is still this one. */
  readonly isConfirmed?: boolean;
}

/** Looked at again at once when the service account appears; this is the fallback. */
const WAITING_RECHECK_MS = 60_000;

/**
 * Brings the world to `target.desired`: observe, plan, apply. An object for which no role was ever made is planned
 * without a read, unless another claims the same; when a create then finds the name taken, the world is read and the pass
 * planned again, once.
 */
export async function converge(target: Target, deps: PassDependencies, signal: AbortSignal): Promise<PassReport> {
  const facts: AppliedFacts = { done: [] };
  const key = keyOf(target.appAccess);
  try {
    const { plan, observed, assumedForMs } = await decideAndApply(target, facts, deps, signal);
    const role = roleStatus(target.appAccess, target.desired, facts, observed);
    if (facts.done.length > 0) deps.recent.remember(key, target.desired, role);
    return {
      ...writtenOf(facts),
      role,
      ...reportPlan(target, plan, observed, facts),
      ...(assumedForMs === undefined ? {} : { recheckAfterMs: assumedForMs }),
    };
  } catch (error) {
    deps.recent.forget(key);
    if (!(error instanceof ReconcileError)) throw error;
    if (facts.seen !== true) return lookFailed(target, error);
    const done = facts.done.map(describeAction);
    return { ...writtenOf(facts), ...keptRole(target.appAccess, facts), roleReady: false, done, failure: error };
  }
}

/**
 * The report of a pass that could not read the world. An object that stood as this very spec says when it was last seen
 * keeps its Ready: an outage of AWS is none of the role's, and nothing that was seen speaks against it.
 */
export function lookFailed({ appAccess, digest }: Target, failure: ReconcileError): PassReport {
  const { metadata, status } = appAccess;
  const ready = status?.conditions?.find(({ type }) => type === 'Ready');
  const stood = ready?.status === 'True' && ready.observedGeneration === metadata.generation;
  const unseen = stood && status?.applied?.digest === digest && !(failure instanceof TerminalError);
  return unseen ? { failure, unseen } : { failure, roleReady: false };
}

interface Decision {
  readonly plan: ReadyPlan;
  readonly observed: Observation;
  /** Present when AWS was not read because it may still show what was there before our own write. */
  readonly assumedForMs?: number;
}

async function decideAndApply(
  target: Target,
  facts: AppliedFacts,
  deps: PassDependencies,
  signal: AbortSignal,
): Promise<Decision> {
  let { appAccess } = target;
  let isConfirmed = target.isConfirmed === true;
  const rivals = deps.rivals.rivalsOf(appAccess);
  const first = isKnown(appAccess) ? observeKnown : rivals.length > 0 ? observeFresh : observeNew;
  let collision: CollisionError | undefined;
  for (const observe of [first, observeFresh]) {
    const now = { ...target, appAccess, rivals };
    const { observed, ...assumed } = await deps.trace.phase('observe', () => observe(now, deps, signal));
    facts.seen = true;
    const plan = deps.trace.phase('plan', () => decide(now, observed, deps.settings));
    if (plan.actions.length > 0 && !isConfirmed) {
      await requireCurrent(appAccess, deps.kube, signal);
      isConfirmed = true;
    }
    if (observed.role !== undefined) facts.role = { arn: observed.role.arn, id: observed.role.id };
    else if (isKnown(appAccess)) appAccess = facts.written = await forgetRole(appAccess, deps, signal);
    for (const event of removalEvents(plan.actions, observed.role, knownArns(appAccess), 'Repair')) {
      deps.events.record(appAccess, event);
    }
    try {
      await deps.trace.phase('apply', () => applyActions(plan.actions, facts, appAccess.metadata, deps, signal));
      return { plan, observed, ...assumed };
    } catch (error) {
      if (!(error instanceof CollisionError)) throw error;
      collision = error;
      deps.log.info('create found the name taken, reading', { cause: error.message });
    }
  }
  throw collision;
}

type Observed = Omit<Decision, 'plan'>;

async function observeFresh(sought: Sought, deps: PassDependencies, signal: AbortSignal): Promise<Observed> {
  return { observed: await observeAccess(sought, deps, signal) };
}

async function observeNew({ appAccess }: Sought, deps: PassDependencies, signal: AbortSignal): Promise<Observed> {
  return { observed: await observeNewAccess(appAccess, deps, signal) };
}

/**
 * What we wrote ourselves a moment ago is taken from memory: AWS may still show what was before, and a difference to that
 * is our own echo and no drift. Otherwise everything is read.
 */
async function observeKnown(sought: Sought, deps: PassDependencies, signal: AbortSignal): Promise<Observed> {
  const { appAccess } = sought;
  const recent = deps.recent.get(keyOf(appAccess));
  if (recent === undefined) return observeFresh(sought, deps, signal);
  const { serviceAccounts } = await observeNewAccess(appAccess, deps, signal, recent.desired.role.trust);
  const observed = assumeApplied(recent.desired, recent.role, serviceAccounts);
  return observed === undefined ? observeFresh(sought, deps, signal) : { observed, assumedForMs: recent.remainingMs };
}

/** The plan of `target` in `observed`; throws `TerminalError` where what is there is not ours. */
export function decide(
  { appAccess, desired, digest }: Target,
  observed: Observation,
  { predecessorUids = [] }: Pick<CompileSettings, 'predecessorUids'>,
): ReadyPlan {
  const { spec, status } = appAccess;
  const plan = planAccess(desired, observed, {
    drift: { mode: spec.drift?.mode ?? 'Repair', unmanaged: spec.drift?.unmanaged ?? 'Remove' },
    alreadyApplied: status?.applied?.digest === digest,
    knownRoleId: status?.role?.id,
    predecessorUids,
    heldAccount: heldAccount(appAccess),
    known: {
      permissionsBoundary: status?.role?.permissionsBoundary,
      tagKeys: status?.role?.tagKeys ?? [],
      policyArns: knownArns(appAccess),
    },
  });
  if (plan.kind === 'Refused') throw new TerminalError(plan.reason, plan.message);
  return plan;
}

function isKnown({ status }: AppAccess): boolean {
  return status?.role?.id !== undefined;
}

/** The id goes from status before another role is made, so that a crash in between does not leave a role we disown. */
async function forgetRole(
  appAccess: AppAccess,
  { kube, log }: PassDependencies,
  signal: AbortSignal,
): Promise<AppAccess> {
  log.warn('role is gone, making it again');
  const { id: _id, ...role } = appAccess.status?.role ?? {};
  const written = await kube.replaceStatus(appAccess, { ...appAccess.status, role }, signal);
  if (written !== undefined) return written;
  throw new ObjectGoneError(appAccess);
}

function writtenOf({ written }: AppliedFacts): Pick<PassReport, 'written'> {
  return written === undefined ? {} : { written };
}

function reportPlan(
  { appAccess, digest, desired }: Target,
  plan: ReadyPlan,
  observed: Observation,
  facts: AppliedFacts,
): PassReport {
  const drift = driftWords(plan.reported, observed);
  const ready = appAccess.status?.conditions?.find(({ type }) => type === 'Ready');
  const alreadyApplied = appAccess.status?.applied?.digest === digest;
  // After any other failure the difference may be what we left half-way ourselves.
  const isRepair = alreadyApplied && (ready?.status === 'True' || ready?.reason === 'DriftReported');
  const deeds = isRepair ? { repaired: driftWords(facts.done, observed) } : { done: facts.done.map(describeAction) };
  const base = { drift, applied: true, ...deeds };
  const [waiting] = plan.waiting;
  if (waiting?.reason === 'AccessDenied') return { ...base, roleReady: false, failure: waitFor(waiting) };
  if (drift.length > 0) {
    return { ...base, roleReady: false, failure: driftReported(drift, appAccess.spec, alreadyApplied) };
  }
  if (waiting !== undefined) return { ...base, roleReady: true, failure: waitFor(waiting) };
  const message = handOverText(appAccess.spec, desired.role.name);
  return { ...base, roleReady: true, ready: { reason: 'Succeeded', message } };
}

function waitFor({ reason, message }: Waiting): WaitingError {
  return new WaitingError(reason, message, WAITING_RECHECK_MS);
}
