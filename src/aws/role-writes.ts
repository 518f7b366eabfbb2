import {
  AttachRolePolicyCommand,
  CreateRoleCommand,
  DeleteRoleCommand,
  DeleteRolePermissionsBoundaryCommand,
  DeleteRolePolicyCommand,
  DetachRolePolicyCommand,
  type IAMClient,
  PutRolePermissionsBoundaryCommand,
  PutRolePolicyCommand,
  TagRoleCommand,
  UntagRoleCommand,
  UpdateAssumeRolePolicyCommand,
  UpdateRoleCommand,
} from '@aws-sdk/client-iam';
import { canonicalJson } from '../base/canonical-json.ts';
import { WaitingError } from '../base/errors.ts';
import type { DesiredRole, PolicyDocument, Tags } from '../policy/types.ts';
import { type AwsCaller, promised } from './aws-caller.ts';
import { type DeleteAnswer, notFound } from './delete-answer.ts';
import { checkedRoleArn } from './observed-role.ts';
import { toSdkTags } from './sdk-tags.ts';
import { withoutFullStop } from './to-reconcile-error.ts';

/** How `createRole` ended. `AlreadyExists`: the name is taken, by whomever. */
export type CreateRoleAnswer =
  | { readonly kind: 'Created'; readonly arn: string; readonly id: string }
  | { readonly kind: 'AlreadyExists' };

/**
 * IAM's calls that change one role. Each may be repeated; to delete what is gone is success. Other writes to a role that
 * IAM does not know, as happens shortly after its creation, are the `TransientError` `RoleNotVisible`.
 */
export function createRoleWrites(iam: IAMClient, { call }: AwsCaller, accountId: string | undefined) {
  const write = (action: string, target: string) => ({ service: 'iam', action, target, write: true }) as const;
  const role = (action: string, roleName: string) => write(action, `role ${roleName}`);
  const gone = { expected: { NoSuchEntity: undefined } };
  return {
    async createRole(desired: DesiredRole, signal: AbortSignal): Promise<CreateRoleAnswer> {
      const command = new CreateRoleCommand({
        RoleName: desired.name,
        Path: desired.path,
        AssumeRolePolicyDocument: canonicalJson(desired.trust),
        Description: desired.description,
        MaxSessionDuration: desired.maxSessionSeconds,
        PermissionsBoundary: desired.permissionsBoundary,
        Tags: toSdkTags(desired.tags),
      });
      const what = role('CreateRole', desired.name);
      const answer = await call(what, signal, (options) => iam.send(command, options), {
        expected: { EntityAlreadyExists: 'AlreadyExists' as const },
        classify: missingBoundary(desired.permissionsBoundary),
      });
      if (answer === 'AlreadyExists') return { kind: 'AlreadyExists' };
      const arn = checkedRoleArn(answer.Role?.Arn, desired.name, accountId);
      return { kind: 'Created', arn, id: promised(answer.Role?.RoleId, `id of role ${desired.name}`) };
    },

    async updateTrustPolicy(roleName: string, document: PolicyDocument, signal: AbortSignal): Promise<void> {
      const command = new UpdateAssumeRolePolicyCommand({
        RoleName: roleName,
        PolicyDocument: canonicalJson(document),
      });
      await call(role('UpdateAssumeRolePolicy', roleName), signal, (options) => iam.send(command, options));
    },

    async putInlinePolicy(
      roleName: string,
      policyName: string,
      document: PolicyDocument,
      signal: AbortSignal,
    ): Promise<void> {
      const command = new PutRolePolicyCommand({
        RoleName: roleName,
        PolicyName: policyName,
        PolicyDocument: canonicalJson(document),
      });
      const what = write('PutRolePolicy', `inline policy ${policyName} of role ${roleName}`);
      await call(what, signal, (options) => iam.send(command, options));
    },

    async deleteInlinePolicy(roleName: string, policyName: string, signal: AbortSignal): Promise<void> {
      const command = new DeleteRolePolicyCommand({ RoleName: roleName, PolicyName: policyName });
      const what = write('DeleteRolePolicy', `inline policy ${policyName} of role ${roleName}`);
      await call(what, signal, (options) => iam.send(command, options), gone);
    },

    /** IAM does not say which of the two it does not know: the role, seconds old, or the policy. */
    async attachManagedPolicy(roleName: string, policyArn: string, signal: AbortSignal): Promise<void> {
      const command = new AttachRolePolicyCommand({ RoleName: roleName, PolicyArn: policyArn });
      const what = write('AttachRolePolicy', `policy ${policyArn} of role ${roleName}`);
      await call(what, signal, (options) => iam.send(command, options), {
        classify: (code, message, cause) =>
          code === 'NoSuchEntity' ? managedPolicyNotFound(policyArn, message, cause) : undefined,
      });
    },

    async detachManagedPolicy(roleName: string, policyArn: string, signal: AbortSignal): Promise<void> {
      const command = new DetachRolePolicyCommand({ RoleName: roleName, PolicyArn: policyArn });
      const what = write('DetachRolePolicy', `policy ${policyArn} of role ${roleName}`);
      await call(what, signal, (options) => iam.send(command, options), gone);
    },

    async putPermissionsBoundary(roleName: string, policyArn: string, signal: AbortSignal): Promise<void> {
      const command = new PutRolePermissionsBoundaryCommand({ RoleName: roleName, PermissionsBoundary: policyArn });
      const what = role('PutRolePermissionsBoundary', roleName);
      const classify = missingBoundary(policyArn);
      await call(what, signal, (options) => iam.send(command, options), { classify });
    },

    async deletePermissionsBoundary(roleName: string, signal: AbortSignal): Promise<void> {
      const command = new DeleteRolePermissionsBoundaryCommand({ RoleName: roleName });
      await call(
        role('DeleteRolePermissionsBoundary', roleName),
        signal,
        (options) => iam.send(command, options),
        gone,
      );
    },

    async tagRole(roleName: string, tags: Tags, signal: AbortSignal): Promise<void> {
      const command = new TagRoleCommand({ RoleName: roleName, Tags: toSdkTags(tags) });
      await call(role('TagRole', roleName), signal, (options) => iam.send(command, options));
    },

    async untagRole(roleName: string, keys: readonly string[], signal: AbortSignal): Promise<void> {
      const command = new UntagRoleCommand({ RoleName: roleName, TagKeys: [...keys] });
      await call(role('UntagRole', roleName), signal, (options) => iam.send(command, options), gone);
    },

    /** Both settings always: IAM resets the session length that a request leaves out. */
    async updateRole(
      roleName: string,
      settings: { description: string; maxSessionSeconds: number },
      signal: AbortSignal,
    ): Promise<void> {
      const command = new UpdateRoleCommand({
        RoleName: roleName,
        Description: settings.description,
        MaxSessionDuration: settings.maxSessionSeconds,
      });
      await call(role('UpdateRole', roleName), signal, (options) => iam.send(command, options));
    },

    /** `Conflict` when something still hangs on the role, or IAM does not see yet that it is gone. */
    async deleteRole(roleName: string, signal: AbortSignal): Promise<DeleteAnswer | 'Conflict'> {
      const command = new DeleteRoleCommand({ RoleName: roleName });
      const answer = await call(role('DeleteRole', roleName), signal, (options) => iam.send(command, options), {
        expected: { NoSuchEntity: notFound, DeleteConflict: () => 'Conflict' as const },
      });
      return typeof answer === 'string' ? answer : 'Deleted';
    },
  };
}

/** A role that IAM does not show yet is there long before this is looked at again for the second time. */
const POLICY_RECHECK_MS = 10_000;

function managedPolicyNotFound(policyArn: string, said: string, cause: unknown): WaitingError {
  return new WaitingError(
    'ManagedPolicyNotFound',
    `managed policy ${policyArn} cannot be attached: ${withoutFullStop(said)}; create that policy, or correct the grant that names it`,
    POLICY_RECHECK_MS,
    cause,
  );
}

/**
 * Where a role's boundary is set, the entity that IAM does not know is the boundary: a new role needs nothing else that
 * exists, and an old one was read before. Source: https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html
 */
function missingBoundary(policyArn: string | undefined) {
  return (code: string, message: string, cause: unknown): Error | undefined =>
    code === 'NoSuchEntity' && policyArn !== undefined
      ? new WaitingError(
          'ManagedPolicyNotFound',
          `managed policy ${policyArn} cannot be the permissions boundary: ${withoutFullStop(message)}; create that policy, or correct spec.role.permissionsBoundary`,
          POLICY_RECHECK_MS,
          cause,
        )
      : undefined;
}
