import type { AppAccess, ObjectMeta } from '../api/app-access.ts';
import { TransientError, WaitingError } from '../base/errors.ts';
import type { Action } from '../plan/actions.ts';
import { associationOf, type Creation, type HiddenCreations } from './hidden-creations.ts';
import { keyOf } from './key-of.ts';
import type { AwsPort, KubePort } from './ports.ts';

/** What the answers of the calls said, for status; filled in as the actions run, so that a failure loses nothing. */
export interface AppliedFacts {
  /** Ours, found or made. */
  role?: { arn: string; id: string };
  instanceProfileArn?: string;
  associationId?: string;
  /** The object as a write of ours before the actions left it. */
  written?: AppAccess;
  /** The world was read whole. */
  seen?: boolean;
  /** Actions that were carried out. */
  done: Action[];
  /** The action that was last begun: where it is not among those done, its answer may have been lost. */
  begun?: Action;
}

/**
 * Something that the plan took to be absent is there: observe and plan again. Its words are for the case that this does
 * not help.
 */
export class CollisionError extends TransientError {}

export interface ApplyPorts {
  readonly aws: AwsPort;
  readonly kube: KubePort;
  /** Is told of what was made and what is gone. */
  readonly hidden: HiddenCreations;
}

/**
 * Carries out `actions` in their order and stops at the first that fails; nothing is rolled back, the next pass observes
 * afresh. Throws `CollisionError` when a create finds the name taken, else what the ports throw.
 */
export async function applyActions(
  actions: readonly Action[],
  facts: AppliedFacts,
  owner: ObjectMeta,
  ports: ApplyPorts,
  signal: AbortSignal,
): Promise<void> {
  for (const action of actions) {
    signal.throwIfAborted();
    facts.begun = action;
    await applyAction(action, facts, owner, ports, signal);
    facts.done.push(action);
  }
}

async function applyAction(
  action: Action,
  facts: AppliedFacts,
  owner: ObjectMeta,
  ports: ApplyPorts,
  signal: AbortSignal,
): Promise<void> {
  const { aws, kube } = ports;
  const key = keyOf({ metadata: owner });
  switch (action.kind) {
    case 'CreateRole': {
      const answer = await creating(key, 'Role', ports, () => aws.createRole(action.role, signal));
      if (answer.kind === 'AlreadyExists') {
        const message = `role ${action.role.name} exists and cannot be read yet; it is tried again`;
        throw new CollisionError('RoleNotVisible', message);
      }
      facts.role = { arn: answer.arn, id: answer.id };
      return;
    }
    case 'UpdateTrustPolicy':
      return aws.updateTrustPolicy(action.roleName, action.document, signal);
    case 'PutInlinePolicy':
      return aws.putInlinePolicy(action.roleName, action.policyName, action.document, signal);
    case 'DeleteInlinePolicy':
      return aws.deleteInlinePolicy(action.roleName, action.policyName, signal);
    case 'AttachManagedPolicy':
      return aws.attachManagedPolicy(action.roleName, action.policyArn, signal);
    case 'DetachManagedPolicy':
      return aws.detachManagedPolicy(action.roleName, action.policyArn, signal);
    case 'PutBoundary':
      return aws.putPermissionsBoundary(action.roleName, action.policyArn, signal);
    case 'DeleteBoundary':
      return aws.deletePermissionsBoundary(action.roleName, signal);
    case 'TagRole':
      return aws.tagRole(action.roleName, action.tags, signal);
    case 'UntagRole':
      return aws.untagRole(action.roleName, action.keys, signal);
    case 'UpdateRole':
      return aws.updateRole(action.roleName, action, signal);
    case 'DeleteRole': {
      const { roleName } = action;
      const answer = await deleting(key, 'Role', roleName, ports, () => aws.deleteRole(roleName, signal));
      if (answer === 'Conflict') throw collision(`something on role ${roleName}`);
      return;
    }
    case 'CreateInstanceProfile': {
      const { profile } = action;
      const answer = await creating(key, 'InstanceProfile', ports, () => aws.createInstanceProfile(profile, signal));
      if (answer.kind === 'AlreadyExists') throw collision(`instance profile ${profile.name}`);
      facts.instanceProfileArn = answer.arn;
      return;
    }
    case 'TagInstanceProfile':
      return aws.tagInstanceProfile(action.profileName, action.tags, signal);
    case 'DeleteInstanceProfile': {
      const { profileName } = action;
      const send = () => aws.deleteInstanceProfile(profileName, signal);
      await deleting(key, 'InstanceProfile', profileName, ports, send);
      return;
    }
    case 'AddRoleToInstanceProfile': {
      const answer = await aws.addRoleToInstanceProfile(action.profileName, action.roleName, signal);
      if (answer === 'Occupied') throw collision(`a role in instance profile ${action.profileName}`);
      return;
    }
    case 'RemoveRoleFromInstanceProfile':
      return aws.removeRoleFromInstanceProfile(action.profileName, action.roleName, signal);
    case 'CreateAssociation': {
      const what = associationOf(action.association.serviceAccount);
      const send = () => aws.createAssociation(action.association, action.roleArn, signal);
      const answer = await creating(key, what, ports, send);
      if (answer.kind === 'AlreadyExists') {
        throw collision(`a Pod Identity association of service account ${action.association.serviceAccount}`);
      }
      facts.associationId = answer.id;
      return;
    }
    case 'UpdateAssociation':
      return aws.updateAssociation(
        { clusterName: action.clusterName, id: action.associationId },
        action.roleArn,
        signal,
      );
    case 'TagAssociation':
      return aws.tagAssociation({ id: action.associationId, arn: action.arn }, action.tags, signal);
    case 'DeleteAssociation': {
      const { clusterName, associationId: id, serviceAccount } = action;
      const send = () => aws.deleteAssociation({ clusterName, id }, signal);
      await deleting(key, associationOf(serviceAccount), id, ports, send);
      return;
    }
    case 'AnnotateServiceAccount': {
      const answer = await kube.annotateServiceAccount(action.account, action.roleArn, owner, signal);
      if (answer !== 'Applied') throw annotationLost(action.account, answer);
      return;
    }
    case 'UnannotateServiceAccount':
      await kube.annotateServiceAccount(action.account, undefined, owner, signal);
      return;
    default:
      return action satisfies never;
  }
}

/** Sends what makes `what`, and remembers what came of it. */
async function creating<Answer>(
  key: string,
  what: Creation,
  { aws, hidden }: ApplyPorts,
  send: () => Promise<Answer>,
): Promise<Answer> {
  try {
    const answer = await send();
    hidden.made(key, what);
    return answer;
  } catch (error) {
    if (!aws.wasRefused(error)) hidden.asked(key, what);
    throw error;
  }
}

/** Sends what deletes `what`, which was seen; that AWS does not know it says little while reads may not show it. */
async function deleting<Answer extends string>(
  key: string,
  what: Creation,
  name: string,
  { hidden }: ApplyPorts,
  send: () => Promise<Answer>,
): Promise<Answer> {
  const answer = await send();
  if (answer === 'Gone') hidden.requireAbsent(key, what, name);
  if (answer === 'Deleted') hidden.removed(key, what);
  return answer;
}

function collision(what: string): CollisionError {
  return new CollisionError('ConcurrentChange', `somebody else just made ${what}; it is tried again`);
}

function annotationLost(account: { namespace: string; name: string }, answer: 'Conflict' | 'Gone'): WaitingError {
  const who = `service account ${account.namespace}/${account.name}`;
  return answer === 'Gone'
    ? new WaitingError('ServiceAccountNotFound', `${who} went while it was being annotated; create it again`, 5_000)
    : new WaitingError(
        'ServiceAccountAnnotated',
        `${who} was annotated by somebody else meanwhile; remove the annotation eks.amazonaws.com/role-arn`,
        60_000,
      );
}
