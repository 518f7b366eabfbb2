import type { ObservedAssociation, ObservedInstanceProfile, ObservedRole } from '../plan/observation.ts';
import type { DesiredAssociation, DesiredInstanceProfile, DesiredRole, PolicyDocument, Tags } from '../policy/types.ts';

/**
 * The IAM and EKS calls this project makes. Each method is one API call, reads that page through a list apart. Every
 * method rejects with a `ReconcileError` and nothing else; an absent thing is `undefined` from a read, and no error from
 * a delete. Documents are sent plain and come back parsed (as text where they are no JSON).
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
  deleteRole(roleName: string, signal: AbortSignal): Promise<'Deleted' | 'Conflict'>;

  createInstanceProfile(profile: DesiredInstanceProfile, signal: AbortSignal): Promise<CreateProfileAnswer>;
  deleteInstanceProfile(name: string, signal: AbortSignal): Promise<void>;
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
  deleteAssociation(association: { clusterName: string; id: string }, signal: AbortSignal): Promise<void>;
}

export type CreateRoleAnswer =
  | { readonly kind: 'Created'; readonly arn: string; readonly id: string }
  | { readonly kind: 'AlreadyExists' };
export type CreateProfileAnswer =
  | { readonly kind: 'Created'; readonly arn: string }
  | { readonly kind: 'AlreadyExists' };
export type CreateAssociationAnswer =
  | { readonly kind: 'Created'; readonly id: string }
  | { readonly kind: 'AlreadyExists' };
