import type { AppAccess, ObjectMeta } from '../api/app-access.ts';
import type { EventReason } from '../api/reasons/reasons.ts';
import type { AppAccessStatus } from '../api/status-schema.ts';
import type { ServiceAccountRef } from '../plan/actions.ts';
import type {
  ObservedAssociation,
  ObservedInstanceProfile,
  ObservedRole,
  ObservedServiceAccount,
  Rival,
} from '../plan/observation.ts';
import type { DesiredAssociation, DesiredInstanceProfile, DesiredRole, PolicyDocument, Tags } from '../policy/types.ts';

/**
 * The IAM and EKS calls this project makes. Each method is one API call, reads that page through a list apart. Every
 * method rejects with a `ReconcileError` and nothing else; an absent thing is `undefined` from a read, and no error from
 * a delete, which says `Gone` of what it did not find at its first try. Documents are sent plain and come back parsed (as
 * text where they are no JSON).
 */
export interface AwsPort {
  getRole(roleName: string, signal: AbortSignal): Promise<ObservedRole | undefined>;
  /** `undefined` when the role does not exist. */
  listInlinePolicyNames(roleName: string, signal: AbortSignal): Promise<readonly string[] | undefined>;
  getInlinePolicy(
    roleName: string,
    policyName: string,
    signal: AbortSignal,
  ): Promise<PolicyDocument | string | undefined>;
  listAttachedPolicyArns(roleName: string, signal: AbortSignal): Promise<readonly string[] | undefined>;
  /** What the default version of a managed policy says: two calls. */
  getManagedPolicy(policyArn: string, signal: AbortSignal): Promise<PolicyDocument | string | undefined>;
  listInstanceProfilesForRole(roleName: string, signal: AbortSignal): Promise<readonly ObservedInstanceProfile[]>;
  getInstanceProfile(name: string, signal: AbortSignal): Promise<ObservedInstanceProfile | undefined>;
  /** The association of one service account: a list and, when there is one, a describe. */
  findAssociation(
    query: { clusterName: string; namespace: string; serviceAccount: string },
    signal: AbortSignal,
  ): Promise<ObservedAssociation | undefined>;

  /** `AlreadyExists` when the name is taken, by whomever. */
  createRole(role: DesiredRole, signal: AbortSignal): Promise<CreateRoleAnswer>;
  updateTrustPolicy(roleName: string, document: PolicyDocument, signal: AbortSignal): Promise<void>;
  putInlinePolicy(roleName: string, policyName: string, document: PolicyDocument, signal: AbortSignal): Promise<void>;
  deleteInlinePolicy(roleName: string, policyName: string, signal: AbortSignal): Promise<void>;
  /** A policy that does not exist is the `WaitingError` `ManagedPolicyNotFound`. */
  attachManagedPolicy(roleName: string, policyArn: string, signal: AbortSignal): Promise<void>;
  detachManagedPolicy(roleName: string, policyArn: string, signal: AbortSignal): Promise<void>;
  putPermissionsBoundary(roleName: string, policyArn: string, signal: AbortSignal): Promise<void>;
  deletePermissionsBoundary(roleName: string, signal: AbortSignal): Promise<void>;
  tagRole(roleName: string, tags: Tags, signal: AbortSignal): Promise<void>;
  untagRole(roleName: string, keys: readonly string[], signal: AbortSignal): Promise<void>;
  updateRole(
    roleName: string,
    settings: { description: string; maxSessionSeconds: number },
    signal: AbortSignal,
  ): Promise<void>;
  /** `Conflict` when something still hangs on the role. */
  deleteRole(roleName: string, signal: AbortSignal): Promise<DeleteAnswer | 'Conflict'>;

  createInstanceProfile(profile: DesiredInstanceProfile, signal: AbortSignal): Promise<CreateProfileAnswer>;
  tagInstanceProfile(name: string, tags: Tags, signal: AbortSignal): Promise<void>;
  deleteInstanceProfile(name: string, signal: AbortSignal): Promise<DeleteAnswer>;
  /** `Occupied` when the profile holds a role already, this one or another. */
  addRoleToInstanceProfile(name: string, roleName: string, signal: AbortSignal): Promise<'Added' | 'Occupied'>;
  removeRoleFromInstanceProfile(name: string, roleName: string, signal: AbortSignal): Promise<void>;

  /** `AlreadyExists` when the service account has an association. */
  createAssociation(
    association: DesiredAssociation,
    roleArn: string,
    signal: AbortSignal,
  ): Promise<CreateAssociationAnswer>;
  updateAssociation(
    association: { clusterName: string; id: string },
    roleArn: string,
    signal: AbortSignal,
  ): Promise<void>;
  tagAssociation(association: { id: string; arn: string }, tags: Tags, signal: AbortSignal): Promise<void>;
  deleteAssociation(association: { clusterName: string; id: string }, signal: AbortSignal): Promise<DeleteAnswer>;

  /**
   * Whether the call that rejected with `error` changed nothing for certain: AWS refused the one request that was sent. Any
   * other may have been carried out, be it at a try whose answer was lost.
   */
  wasRefused(error: unknown): boolean;
}

export type DeleteAnswer = 'Deleted' | 'Gone';

export type CreateRoleAnswer =
  | { readonly kind: 'Created'; readonly arn: string; readonly id: string }
  | { readonly kind: 'AlreadyExists' };
export type CreateProfileAnswer =
  | { readonly kind: 'Created'; readonly arn: string }
  | { readonly kind: 'AlreadyExists' };
export type CreateAssociationAnswer =
  | { readonly kind: 'Created'; readonly id: string }
  | { readonly kind: 'AlreadyExists' };

/** The Kubernetes calls of a pass. Every method rejects with a `ReconcileError` and nothing else. */
export interface KubePort {
  /**
   * Whether the API server, read directly, still holds this very object (else it is gone, or replaced by a namesake) with
   * this spec, deletion and finalizer. What else changed of it does not count.
   */
  whetherCurrent(appAccess: AppAccess, signal: AbortSignal): Promise<Currency>;
  /** Adds our finalizer, guarded by the resource version, and returns the object as it then stands. */
  addFinalizer(appAccess: AppAccess, signal: AbortSignal): Promise<AppAccess>;
  /** Takes our finalizer off; an object that is gone already is no error. */
  removeFinalizer(appAccess: AppAccess, signal: AbortSignal): Promise<void>;
  /**
   * Replaces the whole status, guarded by the resource version: a status computed from an old one never overwrites a newer
   * one. Returns the object as it then stands, which may lack fields that an older CRD does not know; `undefined` when
   * the object is gone already.
   */
  replaceStatus(appAccess: AppAccess, status: AppAccessStatus, signal: AbortSignal): Promise<AppAccess | undefined>;
  /** `owner` is whose annotation counts as ours. */
  getServiceAccount(
    account: { namespace: string; name: string },
    owner: ObjectMeta,
    signal: AbortSignal,
  ): Promise<ObservedServiceAccount | undefined>;
  /**
   * Server-side apply of the one annotation, never forced; without `roleArn` it is given up. `Conflict` when somebody
   * else owns it, `Gone` when there is no service account with that uid.
   */
  annotateServiceAccount(
    account: ServiceAccountRef,
    roleArn: string | undefined,
    owner: ObjectMeta,
    signal: AbortSignal,
  ): Promise<'Applied' | 'Conflict' | 'Gone'>;
}

export type Currency = 'Current' | 'Changed' | 'Replaced' | 'Gone';

/** What is known of the other AppAccess objects. Never throws and never waits. */
export interface RivalsPort {
  /** Those that claim what `appAccess` wants, by spec or by what they still have. */
  rivalsOf(appAccess: AppAccess): readonly Rival[];
}

/** What a pass tells people at once, besides status. Never throws and never waits. */
export interface EventPort {
  record(appAccess: AppAccess, event: PassEvent): void;
}

export interface PassEvent {
  readonly type: 'Normal' | 'Warning';
  readonly reason: EventReason;
  /** What the controller did or tried: Reconcile, Repair, Delete. */
  readonly action: string;
  readonly note: string;
}
