import { type AppAccess, FINALIZER } from '../api/app-access.ts';
import { validateAppAccess } from '../api/validate-app-access.ts';
import { ReconcileError, TerminalError } from '../base/errors.ts';
import { type Problem, problemText } from '../base/problem.ts';
import { describeAction } from '../plan/actions.ts';
import { compileAccess } from '../policy/compile-access.ts';
import { digestOf } from '../policy/digest-of.ts';
import { converge, decide, lookFailed, type Target } from './converge.ts';
import type { PassDependencies } from './dependencies.ts';
import { observeAccess } from './observe.ts';
import type { PassReport } from './pass-report.ts';
import { handOverText } from './subject-text.ts';

/**
 * One pass over an AppAccess that is not being deleted: compile its spec, then bring the world to it. Returns what it saw
 * and did; throws only what is a bug or an abort.
 */
export async function reconcileAccess(
  appAccess: AppAccess,
  deps: PassDependencies,
  signal: AbortSignal,
): Promise<PassReport> {
  const problems = validateAppAccess(appAccess);
  if (problems.length > 0) return invalid('InvalidSpec', problems);
  const compiled = deps.trace.phase('compile', () => compileAccess(appAccess, deps.settings));
  if (!compiled.ok) return invalid('PolicyInvalid', compiled.problems);

  const { desired, policy } = compiled;
  const digest = digestOf(desired);
  const target: Target = { appAccess, desired, digest };
  const base = { policyValid: true, compiled: { digest, accountId: desired.accountId, policy } };
  if (appAccess.spec.suspend === true) return { ...base, ...suspended(target) };
  if (deps.readOnly) return { ...base, ...(await look(target, deps, signal)) };
  return { ...base, ...(await convergeGuarded(target, deps, signal)) };
}

/** The finalizer stands before the first write to AWS: from then on no deletion can pass us by. */
async function convergeGuarded(target: Target, deps: PassDependencies, signal: AbortSignal): Promise<PassReport> {
  const { appAccess } = target;
  if (appAccess.metadata.finalizers?.includes(FINALIZER)) return converge(target, deps, signal);
  let written: AppAccess;
  try {
    written = await deps.kube.addFinalizer(appAccess, signal);
  } catch (error) {
    if (error instanceof ReconcileError) return { failure: error };
    throw error;
  }
  deps.vanished.guarded(written);
  return { written, ...(await converge({ ...target, appAccess: written, isConfirmed: true }, deps, signal)) };
}

function suspended({ appAccess, digest, desired }: Target): PassReport {
  const stood = appAccess.status?.conditions?.some(({ type, status }) => type === 'RoleReady' && status === 'True');
  if (stood === true && appAccess.status?.applied?.digest === digest) {
    const message = `suspended: ${handOverText(appAccess.spec, desired.role.name)}; drift is not looked for`;
    return { roleReady: true, drift: [], ready: { reason: 'Suspended', message } };
  }
  return {
    failure: new TerminalError(
      'Suspended',
      'suspended before this spec was applied; set spec.suspend to false to apply it',
    ),
  };
}

/** A pass of a controller that may not write: Ready when there is nothing to write. */
async function look(target: Target, deps: PassDependencies, signal: AbortSignal): Promise<PassReport> {
  try {
    const rivals = deps.rivals.rivalsOf(target.appAccess);
    const observed = await deps.trace.phase('observe', () => observeAccess({ ...target, rivals }, deps, signal));
    const plan = deps.trace.phase('plan', () => decide(target, observed, deps.settings));
    const pending = [...plan.actions, ...plan.reported].map(describeAction);
    if (pending.length > 0) {
      const message = ['the controller runs with --read-only and would:', ...pending].join('\n');
      return { failure: new TerminalError('ReadOnly', message) };
    }
    return { ready: { reason: 'Succeeded', message: handOverText(target.appAccess.spec, target.desired.role.name) } };
  } catch (error) {
    if (error instanceof ReconcileError) return lookFailed(target, error);
    throw error;
  }
}

function invalid(reason: 'InvalidSpec' | 'PolicyInvalid', problems: readonly Problem[]): PassReport {
  return { policyValid: false, failure: new TerminalError(reason, problems.map(problemText).join('\n')) };
}
