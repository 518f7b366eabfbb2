import {
  GetInstanceProfileCommand,
  GetRoleCommand,
  GetRolePolicyCommand,
  type IAMClient,
  ListRolePoliciesCommand,
  paginateListAttachedRolePolicies,
  paginateListInstanceProfiles,
  paginateListPolicies,
  paginateListRoles,
  type Tag,
} from '@aws-sdk/client-iam';
import type { AwsSnapshot, InstanceProfileSnapshot, RoleSnapshot } from '../../../src/dev/aws/snapshot.ts';

/** All of a real account that the controller could touch; moto has no Pod Identity associations. */
export interface AccountSnapshot extends AwsSnapshot {
  /** Of the customer managed policies. */
  readonly policyNames: readonly string[];
}

/** Reads the account whole through the AWS API. Rejects when something goes while it is read. */
export async function observeAccount(iam: IAMClient): Promise<AccountSnapshot> {
  const roles: RoleSnapshot[] = [];
  for await (const page of paginateListRoles({ client: iam }, {})) {
    for (const { RoleName } of page.Roles ?? []) roles.push(await observeRole(iam, RoleName ?? ''));
  }
  const instanceProfiles: InstanceProfileSnapshot[] = [];
  for await (const page of paginateListInstanceProfiles({ client: iam }, {})) {
    for (const profile of page.InstanceProfiles ?? []) {
      instanceProfiles.push(await observeInstanceProfile(iam, profile.InstanceProfileName ?? ''));
    }
  }
  const policyNames: string[] = [];
  for await (const page of paginateListPolicies({ client: iam }, { Scope: 'Local' })) {
    policyNames.push(...(page.Policies ?? []).map(({ PolicyName }) => PolicyName ?? ''));
  }
  return { roles, instanceProfiles, associations: [], policyNames: policyNames.sort() };
}

async function observeRole(iam: IAMClient, RoleName: string): Promise<RoleSnapshot> {
  const { Role } = await iam.send(new GetRoleCommand({ RoleName }));
  const { PolicyNames = [] } = await iam.send(new ListRolePoliciesCommand({ RoleName }));
  const inline = await Promise.all(
    PolicyNames.map(async (PolicyName) => {
      const { PolicyDocument } = await iam.send(new GetRolePolicyCommand({ RoleName, PolicyName }));
      return [PolicyName, parseDocument(PolicyDocument)] as const;
    }),
  );
  const attached: string[] = [];
  for await (const page of paginateListAttachedRolePolicies({ client: iam }, { RoleName })) {
    attached.push(...(page.AttachedPolicies ?? []).map(({ PolicyArn }) => PolicyArn ?? ''));
  }
  return {
    name: RoleName,
    path: Role?.Path ?? '',
    id: Role?.RoleId ?? '',
    arn: Role?.Arn ?? '',
    description: Role?.Description ?? '',
    maxSessionSeconds: Role?.MaxSessionDuration ?? 0,
    trustPolicy: parseDocument(Role?.AssumeRolePolicyDocument),
    inlinePolicies: Object.fromEntries(inline),
    attachedPolicyArns: attached.sort(),
    permissionsBoundaryArn: Role?.PermissionsBoundary?.PermissionsBoundaryArn,
    tags: tagsOf(Role?.Tags),
  };
}

async function observeInstanceProfile(iam: IAMClient, InstanceProfileName: string): Promise<InstanceProfileSnapshot> {
  const { InstanceProfile } = await iam.send(new GetInstanceProfileCommand({ InstanceProfileName }));
  return {
    name: InstanceProfileName,
    path: InstanceProfile?.Path ?? '',
    id: InstanceProfile?.InstanceProfileId ?? '',
    arn: InstanceProfile?.Arn ?? '',
    roleNames: (InstanceProfile?.Roles ?? []).map(({ RoleName = '' }) => RoleName),
    tags: tagsOf(InstanceProfile?.Tags),
  };
}

/** IAM sends documents percent-encoded. */
function parseDocument(text: string | undefined): unknown {
  return JSON.parse(decodeURIComponent(text ?? '{}'));
}

function tagsOf(tags: readonly Tag[] = []): Readonly<Record<string, string>> {
  return Object.fromEntries(tags.map(({ Key = '', Value = '' }) => [Key, Value]));
}
