import type { EksStore } from './eks-store.ts';
import type { IamStore, StoredRole, Tag } from './iam-store.ts';
import { toShownTrustPolicy } from './trust-policy-storage.ts';

/** The state of the embedded account, for comparison: documents parsed, everything sorted by name. */
export interface AwsSnapshot {
  readonly roles: readonly RoleSnapshot[];
  readonly instanceProfiles: readonly InstanceProfileSnapshot[];
  readonly associations: readonly AssociationSnapshot[];
}

export interface RoleSnapshot {
  readonly name: string;
  readonly path: string;
  readonly id: string;
  readonly arn: string;
  /** Empty when there is none. */
  readonly description: string;
  readonly maxSessionSeconds: number;
  readonly trustPolicy: unknown;
  readonly inlinePolicies: Readonly<Record<string, unknown>>;
  readonly attachedPolicyArns: readonly string[];
  readonly permissionsBoundaryArn: string | undefined;
  readonly tags: Readonly<Record<string, string>>;
}

export interface InstanceProfileSnapshot {
  readonly name: string;
  readonly path: string;
  readonly id: string;
  readonly arn: string;
  readonly roleNames: readonly string[];
  readonly tags: Readonly<Record<string, string>>;
}

export interface AssociationSnapshot {
  readonly clusterName: string;
  readonly namespace: string;
  readonly serviceAccount: string;
  readonly id: string;
  readonly arn: string;
  readonly roleArn: string;
  readonly disableSessionTags: boolean;
  readonly tags: Readonly<Record<string, string>>;
}

/** A copy: later calls do not change it. */
export function takeSnapshot(iam: IamStore, eks: EksStore): AwsSnapshot {
  return {
    roles: iam.roles.list().map((role) => roleSnapshot(role, iam)),
    instanceProfiles: iam.instanceProfiles.list().map(({ name, path, id, arn, role, tags }) => ({
      name,
      path,
      id,
      arn,
      roleNames: role === undefined ? [] : [role.name],
      tags: toTagMap(tags),
    })),
    associations: [...eks.associations.values()]
      .map(({ clusterName, namespace, serviceAccount, id, arn, roleArn, disableSessionTags, tags }) => ({
        clusterName,
        namespace,
        serviceAccount,
        id,
        arn,
        roleArn,
        disableSessionTags,
        tags,
      }))
      .sort((a, b) => (associationKey(a) < associationKey(b) ? -1 : 1)),
  };
}

function roleSnapshot(role: StoredRole, iam: IamStore): RoleSnapshot {
  const policies = [...role.inlinePolicies.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  return {
    name: role.name,
    path: role.path,
    id: role.id,
    arn: role.arn,
    description: role.description ?? '',
    maxSessionSeconds: role.maxSessionSeconds,
    trustPolicy: JSON.parse(toShownTrustPolicy(role.trustDocument, iam)),
    inlinePolicies: Object.fromEntries(policies.map(({ name, document }) => [name, JSON.parse(document)])),
    attachedPolicyArns: [...role.attachedPolicyArns].sort(),
    permissionsBoundaryArn: role.boundaryArn,
    tags: toTagMap(role.tags),
  };
}

function toTagMap(tags: readonly Tag[]): Readonly<Record<string, string>> {
  const sorted = [...tags].sort((a, b) => (a.key < b.key ? -1 : 1));
  return Object.fromEntries(sorted.map(({ key, value }) => [key, value]));
}

function associationKey(one: { clusterName: string; namespace: string; serviceAccount: string }): string {
  return `${one.clusterName}/${one.namespace}/${one.serviceAccount}`;
}
