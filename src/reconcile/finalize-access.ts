import type { AppAccess } from '../api/app-access.ts';
import { ReconcileError, TerminalError, TransientError, WaitingError } from '../base/errors.ts';
import { type Action, describeAction } from '../plan/actions.ts';
import type { ObservedRole } from '../plan/observation.ts';
import { hasOwnerTags, ownershipOf } from '../plan/ownership.ts';
import { planDeletion, planRelease, type Remains } from '../plan/plan-deletion.ts';
import { takeOverAssociation, takeOverProfile, takeOverRole } from '../plan/take-over.ts';
import { trustsEc2 } from '../plan/trusted-accounts.ts';
import { INLINE_POLICY_NAME } from '../policy/inline-policy.ts';
import { type RoleIdentity, roleIdentity } from '../policy/role-identity.ts';
import { allInOrder } from './all-in-order.ts';
import { type AppliedFacts, applyActions, CollisionError } from './apply-actions.ts';
import type { PassDependencies } from './dependencies.ts';
import { associationOf, type Creation } from './hidden-creations.ts';
import { keyOf } from './key-of.ts';
import { accountNames, mayHaveAssociation, observePolicies } from './observe.ts';
import type { PassReport } from './pass-report.ts';
import { removalEvents } from './removal-events.ts';
import { DELETION_BLOCKED } from './report-status.ts';
import { requireCurrent, requireVanished } from './require-current.ts';
import { knownArns } from './role-status.ts';

const BLOCKED_RECHECK_MS = 60_000;

/**
 * One pass over an AppAccess that is being deleted: removes what it made, or releases the role where the spec says
 * Retain, and takes the finalizer off last, for the object is the only record of the role. A role that is not ours any
 * more is left alone. Retain set after a deletion got stuck lets the object go without any AWS call.
 */
export async function finalizeAccess(
  appAccess: AppAccess,
  deps: PassDependencies,
  signal: AbortSignal,
): Promise<PassReport> {
  const facts: AppliedFacts = { done: [] };
  try {
    if (!letsGoAtOnce(appAccess)) await release(appAccess, facts, deps, signal);
    if (!deps.vanished.includes(appAccess)) await deps.kube.removeFinalizer(appAccess, signal);
    return { deleting: true, done: facts.done.map(describeAction) };
  } catch (error) {
    if (!(error instanceof ReconcileError)) throw error;
    return { deleting: true, done: facts.done.map(describeAction), failure: error };
  }
}

/** A deletion that waits for what AWS does not show yet ends by itself, and the role is then released as it should be. */
function letsGoAtOnce({ spec, status }: AppAccess): boolean {
  const { conditions = [] } = status ?? {};
  const isBlocked = conditions.some(({ reason }) => reason === DELETION_BLOCKED);
  const endsByItself = conditions.some(({ type, reason }) => type === 'Ready' && reason === 'RoleNotVisible');
  return spec.deletionPolicy === 'Retain' && isBlocked && !endsByItself;
}

async function release(
  appAccess: AppAccess,
  facts: AppliedFacts,
  deps: PassDependencies,
  signal: AbortSignal,
): Promise<void> {
  const identity = roleIdentity(appAccess, deps.settings);
  if (deps.readOnly) {
    throw new TerminalError('ReadOnly', 'the controller runs with --read-only and may not delete the role');
  }
  const requireUnchanged = deps.vanished.includes(appAccess) ? requireVanished : requireCurrent;
  await requireUnchanged(appAccess, deps.kube, signal);
  const { trace } = deps;
  const { role, taking, unseen } = await trace.phase('observe', () => ownedRole(appAccess, identity, deps, signal));
  if (appAccess.spec.deletionPolicy === 'Retain') {
    requireAbsent(unseen, appAccess, identity, deps);
    if (role === undefined) return;
    const releasedAt = appAccess.metadata.deletionTimestamp ?? 'true';
    const actions = trace.phase('plan', () => [...taking, ...planRelease(identity, releasedAt)]);
    return trace.phase('apply', () => applyActions(actions, facts, appAccess.metadata, deps, signal));
  }
  const {
    taking: alsoTaking,
    unseen: alsoUnseen,
    ...handOver
  } = await trace.phase('observe', () => remainingHandOver(appAccess, identity, role?.trust, deps, signal));
  const common: Remains = {
    ...handOver,
    roleName: role?.name,
    inlineNames: [INLINE_POLICY_NAME],
    attachedArns: knownArns(appAccess),
  };
  const actions = trace.phase('plan', () => [...taking, ...alsoTaking, ...planDeletion(common)]);
  try {
    await trace.phase('apply', () => applyActions(actions, facts, appAccess.metadata, deps, signal));
  } catch (error) {
    if (!(error instanceof CollisionError) || role === undefined) throw error;
    requireAbsent(alsoUnseen, appAccess, identity, deps);
    await deleteCrowdedRole(appAccess, role.name, facts, deps, signal);
  }
  requireAbsent([...unseen, ...alsoUnseen], appAccess, identity, deps);
}

interface Looked {
  /** What makes ours what a predecessor of this cluster made. */
  readonly taking: readonly Action[];
  /** What could be there, and reads do not show. */
  readonly unseen: readonly Creation[];
}

/** What is there although reads do not show it would be left behind: throws where they cannot be believed yet. */
function requireAbsent(
  unseen: readonly Creation[],
  appAccess: AppAccess,
  { name }: RoleIdentity,
  { hidden }: PassDependencies,
): void {
  for (const what of unseen) hidden.requireAbsent(keyOf(appAccess), what, name);
}

/** The role when it exists and is ours, and what makes it so where a predecessor of this cluster made it. */
async function ownedRole(
  appAccess: AppAccess,
  identity: RoleIdentity,
  { aws, log, settings }: PassDependencies,
  signal: AbortSignal,
): Promise<{ readonly role?: ObservedRole } & Looked> {
  const { status } = appAccess;
  const found = await aws.getRole(identity.name, signal);
  if (found === undefined) return { taking: [], unseen: ['Role'] };
  const { taken: role, actions: taking } = takeOverRole(found, identity, settings.predecessorUids ?? []);
  const ownership = ownershipOf(role, identity, status?.role?.id);
  if (ownership.kind === 'Owned') return { role, taking, unseen: [] };
  log.warn('role is not ours and is left alone', { roleArn: role.arn, ownership: ownership.kind });
  return { taking: [], unseen: [] };
}

async function remainingHandOver(
  appAccess: AppAccess,
  identity: RoleIdentity,
  trust: ObservedRole['trust'] | undefined,
  { aws, hidden, kube, settings }: PassDependencies,
  signal: AbortSignal,
): Promise<Pick<Remains, 'associations' | 'serviceAccounts' | 'instanceProfile'> & Looked> {
  const { metadata, spec } = appAccess;
  const { namespace } = metadata;
  const { clusterName = '', predecessorUids = [] } = settings;
  const pending = hidden.accountsOf(keyOf(appAccess));
  const names = [...new Set([...accountNames(appAccess, trust), ...pending])];
  const hasProfile = spec.subject.ec2 !== undefined || trustsEc2(trust ?? '');
  const hasAssociation = pending.length > 0 || mayHaveAssociation(appAccess, trust);
  const [foundProfile, foundAssociations, serviceAccounts] = await allInOrder([
    hasProfile ? aws.getInstanceProfile(identity.name, signal) : undefined,
    allInOrder(
      (hasAssociation ? names : []).map((serviceAccount) =>
        aws.findAssociation({ clusterName, namespace, serviceAccount }, signal),
      ),
    ),
    allInOrder(names.map((name) => kube.getServiceAccount({ namespace, name }, metadata, signal))),
  ]);
  const withoutAssociation = hasAssociation ? names.filter((_, index) => foundAssociations[index] === undefined) : [];
  const profile = foundProfile && takeOverProfile(foundProfile, identity, predecessorUids);
  const associations = foundAssociations
    .filter((found) => found !== undefined)
    .map((found) => takeOverAssociation(found, identity, predecessorUids));
  return {
    taking: [profile, ...associations].flatMap((each) => each?.actions ?? []),
    unseen: [
      ...(hasProfile && foundProfile === undefined ? (['InstanceProfile'] as const) : []),
      ...withoutAssociation.map(associationOf),
    ],
    instanceProfile:
      profile?.taken.path === identity.path && hasOwnerTags(profile.taken.tags, identity.tags)
        ? profile.taken
        : undefined,
    associations: associations
      .map(({ taken }) => taken)
      .filter((found) => found.ownerArn === undefined && hasOwnerTags(found.tags, identity.tags)),
    serviceAccounts: serviceAccounts.filter((found) => found !== undefined),
  };
}

/** Something hangs on the role that is not ours: foreign policies go with it, a foreign instance profile is named. */
async function deleteCrowdedRole(
  appAccess: AppAccess,
  roleName: string,
  facts: AppliedFacts,
  deps: PassDependencies,
  signal: AbortSignal,
): Promise<void> {
  const [{ inline, attached }, profiles] = await deps.trace.phase('observe', () =>
    allInOrder([observePolicies(roleName, deps.aws, signal), deps.aws.listInstanceProfilesForRole(roleName, signal)]),
  );
  if (profiles.length > 0) {
    const arns = profiles.map((profile) => profile.arn).join(', ');
    throw new WaitingError(
      'RoleInUse',
      `role ${roleName} cannot be deleted: it is in instance profile ${arns}, made elsewhere; take it out, or set spec.deletionPolicy to Retain`,
      BLOCKED_RECHECK_MS,
    );
  }
  const actions = planDeletion({
    associations: [],
    serviceAccounts: [],
    instanceProfile: undefined,
    roleName,
    inlineNames: Object.keys(inline),
    attachedArns: attached,
  });
  for (const event of removalEvents(actions, { inline, attached }, knownArns(appAccess), 'Delete')) {
    deps.events.record(appAccess, event);
  }
  try {
    await deps.trace.phase('apply', () => applyActions(actions, facts, appAccess.metadata, deps, signal));
  } catch (error) {
    if (!(error instanceof CollisionError)) throw error;
    throw new TransientError(
      'RoleInUse',
      `role ${roleName} still has policies by AWS's account; it is tried again`,
      error,
    );
  }
}
