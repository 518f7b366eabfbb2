import type { Role } from '@aws-sdk/client-iam';
import { TransientError, WaitingError } from '../base/errors.ts';
import type { ObservedRole } from '../plan/observation.ts';
import { promised } from './aws-caller.ts';
import { parsePolicyText } from './policy-text.ts';
import { fromSdkTags } from './sdk-tags.ts';

/** `role` as IAM's GetRole returned it, without what it leaves open. `accountId` is checked when given. */
export function toObservedRole(role: Role, accountId: string | undefined): ObservedRole {
  const name = promised(role.RoleName, 'name of the role');
  const boundary = role.PermissionsBoundary?.PermissionsBoundaryArn;
  return {
    name,
    path: promised(role.Path, `path of role ${name}`),
    arn: checkedRoleArn(role.Arn, name, accountId),
    id: promised(role.RoleId, `id of role ${name}`),
    trust: parsePolicyText(role.AssumeRolePolicyDocument ?? ''),
    tags: fromSdkTags(role.Tags),
    maxSessionSeconds: role.MaxSessionDuration ?? DEFAULT_SESSION_SECONDS,
    ...(role.Description ? { description: role.Description } : {}), // empty is how a description is cleared
    ...(boundary === undefined ? {} : { permissionsBoundary: boundary }),
  };
}

/**
 * `arn` of the role `name`. Right after a creation IAM may show the bare id in its place: that is a `TransientError`.
 * An ARN of another account than `accountId` is a `WaitingError`: the credentials are not those of the configuration.
 */
export function checkedRoleArn(arn: string | undefined, name: string, accountId: string | undefined): string {
  if (arn === undefined || !arn.startsWith('arn:')) {
    throw new TransientError('RoleNotVisible', `role ${name} is new and IAM does not show its ARN yet`);
  }
  const actual = arn.split(':')[4];
  if (accountId !== undefined && actual !== accountId) {
    throw new WaitingError(
      'WrongAccount',
      `role ${name} is in account ${actual}, but the controller is configured for ${accountId}: ` +
        'give it credentials of that account, or correct --account-id',
      60_000,
      undefined,
      { name: 'WrongAccount' },
    );
  }
  return arn;
}

/** What IAM uses when nothing is asked for. Source: https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html */
const DEFAULT_SESSION_SECONDS = 3600;
