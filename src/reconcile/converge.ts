import type { AppAccess } from '../api/app-access.ts';
import type { RoleStatus } from '../api/status-schema.ts';
import { ReconcileError, TerminalError, TransientError, WaitingError } from '../base/errors.ts';
import { describeAction } from '../plan/actions.ts';
import type { Observation } from '../plan/observation.ts';
import type { ReadyPlan } from '../plan/plan.ts';
import { planAccess } from '../plan/plan-access.ts';
import type { DesiredAccess } from '../policy/types.ts';
import { type AppliedFacts, applyActions, CollisionError } from './apply-actions.ts';
import { assumeApplied } from './assume-applied.ts';
import type { PassDependencies } from './dependencies.ts';
import { keyOf } from './key-of.ts';
import { observeAccess, observeNewAccess } from './observe.ts';
import type { PassReport } from './pass-report.ts';
import { handOverText } from './subject-text.ts';

/** What a pass over a valid spec knows before it looks at the world. */
export interface Target {
  readonly appAccess: AppAccess;
  readonly desired: DesiredAccess;
  readonly digest: string;
}

/** Looked at again at once when the service account appears; this is the fallback. */
const WAITING_RECHECK_MS = 60_000;

/**
 * Brings the world to `target.desired`: observe, plan, apply. An object for which no role was ever made is planned
 * without a read; when a create then finds the name taken, the world is read and the pass planned again, once.
 */
export async function converge(target: Target, deps: PassDependencies, signal: AbortSignal): Promise<PassReport> {
  const facts: AppliedFacts = { done: [] };
  try {
    const { plan, observed, echoMs } = await decideAndApply(target, facts, deps, signal);
    if (echoMs !== undefined) return { ...reportPlan(target, plan, facts), recheckAfterMs: echoMs };
    if (facts.done.length > 0) deps.recent.remember(keyOf(target.appAccess), target.digest, target.desired);
    return { role: roleStatus(target, facts, observed), ...reportPlan(target, plan, facts) };
  } catch (error) {
    deps.recent.forget(keyOf(target.appAccess));
    if (!(error instanceof ReconcileError)) throw error;
    return { ...keptRole(target, facts), roleReady: false, done: facts.done.map(describeAction), failure: error };
  }
}

interface Decision {
  readonly plan: ReadyPlan;
  readonly observed: Observation;
  /** Present when a difference was left alone because it may be the echo of our own write. */
  readonly echoMs?: number;
}

async function decideAndApply(
  target: Target,
  facts: AppliedFacts,
  deps: PassDependencies,
  signal: AbortSignal,
): Promise<Decision> {
  const { appAccess, desired } = target;
  const known = appAccess.status?.role?.id !== undefined;
  const attempts = known ? [observeKnown] : [observeNewAccess, observeAccess];
  for (const observe of attempts) {
    const observed = await observe(desired, appAccess, deps, signal);
    const plan = decide(target, observed);
    const recent = deps.recent.get(keyOf(appAccess));
    if (recent?.digest === target.digest && plan.actions.length > 0) {
      return { plan: { ...plan, actions: [], reported: [] }, observed, echoMs: recent.remainingMs };
    }
    if (known && observed.role === undefined && plan.actions.length > 0) await forgetRole(appAccess, deps, signal);
    try {
      await applyActions(plan.actions, facts, appAccess.metadata, deps, signal);
      return { plan, observed };
    } catch (error) {
      if (!(error instanceof CollisionError)) throw error;
      deps.log.info('create found the name taken, reading', { key: keyOf(appAccess), cause: error.message });
    }
  }
  throw new TransientError(
    'RoleNotVisible',
    `role ${desired.role.name} exists and cannot be read yet; it is tried again`,
  );
}

/** As `observeAccess`, yet what we wrote ourselves a moment ago is taken from memory: AWS may still show what was before. */
async function observeKnown(
  desired: DesiredAccess,
  appAccess: AppAccess,
  deps: PassDependencies,
  signal: AbortSignal,
): Promise<Observation> {
  const recent = deps.recent.get(keyOf(appAccess));
  const edited = recent !== undefined && appAccess.metadata.generation !== appAccess.status?.applied?.generation;
  if (!edited) return observeAccess(desired, appAccess, deps, signal);
  const { serviceAccounts } = await observeNewAccess(desired, appAccess, deps, signal);
  return (
    assumeApplied(recent.desired, appAccess.status?.role, serviceAccounts) ??
    observeAccess(desired, appAccess, deps, signal)
  );
}

/** The plan of `target` in `observed`; throws `TerminalError` where what is there is not ours. */
export function decide({ appAccess, desired, digest }: Target, observed: Observation): ReadyPlan {
  const { spec, status } = appAccess;
  const plan = planAccess(desired, observed, {
    drift: { mode: spec.drift?.mode ?? 'Repair', unmanaged: spec.drift?.unmanaged ?? 'Remove' },
    alreadyApplied: status?.applied?.digest === digest,
    knownRoleId: status?.role?.id,
    knownBoundary: status?.role?.permissionsBoundary,
  });
  if (plan.kind === 'Refused') throw new TerminalError(plan.reason, plan.message);
  return plan;
}

/** The id goes from status before another role is made, so that a crash in between does not leave a role we disown. */
async function forgetRole(appAccess: AppAccess, { kube, log }: PassDependencies, signal: AbortSignal): Promise<void> {
  log.warn('role is gone, making it again', { key: keyOf(appAccess) });
  const { id: _id, ...role } = appAccess.status?.role ?? {};
  await kube.replaceStatus(appAccess, { ...appAccess.status, role }, signal);
}

function reportPlan({ appAccess, digest, desired }: Target, plan: ReadyPlan, facts: AppliedFacts): PassReport {
  const done = facts.done.map(describeAction);
  const drift = plan.reported.map(describeAction);
  const isRepair = appAccess.status?.applied?.digest === digest;
  const base = { drift, ...(isRepair ? { repaired: done } : { done }) };
  if (drift.length > 0) {
    return { ...base, roleReady: false, failure: new TerminalError('DriftReported', reportedText(drift)) };
  }
  const [waiting] = plan.waiting;
  if (waiting !== undefined) {
    const failure = new WaitingError(waiting.reason, waiting.message, WAITING_RECHECK_MS);
    return { ...base, roleReady: true, failure };
  }
  const message = handOverText(appAccess.spec, desired.role.name);
  return { ...base, roleReady: true, ready: { reason: 'Succeeded', message } };
}

function reportedText(drift: readonly string[]): string {
  return `${drift.length} difference${drift.length === 1 ? '' : 's'} left standing because spec.drift says Report; to mend: ${drift.join('; ')}`;
}

function roleStatus({ desired }: Target, facts: AppliedFacts, observed: Observation): RoleStatus {
  const { role } = desired;
  const id = facts.role?.id ?? observed.role?.id;
  const instanceProfileArn = facts.instanceProfileArn ?? observed.instanceProfile?.arn;
  const wanted = desired.podIdentityAssociations[0];
  const association = observed.associations.find((found) => found.serviceAccount === wanted?.serviceAccount);
  const associationId = wanted === undefined ? undefined : (facts.associationId ?? association?.id);
  return {
    name: role.name,
    arn: facts.role?.arn ?? observed.role?.arn ?? desired.roleArn,
    ...(id === undefined ? {} : { id }),
    ...(role.permissionsBoundary === undefined ? {} : { permissionsBoundary: role.permissionsBoundary }),
    ...(desired.instanceProfile === undefined || instanceProfileArn === undefined ? {} : { instanceProfileArn }),
    ...(associationId === undefined ? {} : { associationId }),
  };
}

/** After a failure: what was made meanwhile must not be forgotten. */
function keptRole({ appAccess, desired }: Target, facts: AppliedFacts): { role?: RoleStatus } {
  const before = appAccess.status?.role ?? {};
  const { role, instanceProfileArn, associationId } = facts;
  if (role === undefined && instanceProfileArn === undefined && associationId === undefined) return {};
  return {
    role: {
      ...before,
      ...(role === undefined ? {} : { name: desired.role.name, arn: role.arn, id: role.id }),
      ...(role === undefined || desired.role.permissionsBoundary === undefined
        ? {}
        : { permissionsBoundary: desired.role.permissionsBoundary }),
      ...(instanceProfileArn === undefined ? {} : { instanceProfileArn }),
      ...(associationId === undefined ? {} : { associationId }),
    },
  };
}
