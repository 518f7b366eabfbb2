import type { Account } from './account.ts';
import { invalidInput, noSuchEntity } from './errors.ts';
import type { StoredPolicy } from './iam-store.ts';
import { newIamId } from './unique-id.ts';

/** AWS's own policies that exist in the embedded account, as paths behind `arn:PARTITION:iam::aws:policy/`. */
const AWS_POLICIES = [
  'AdministratorAccess',
  'AmazonS3FullAccess',
  'AmazonS3ReadOnlyAccess',
  'AmazonSSMManagedInstanceCore',
  'CloudWatchAgentServerPolicy',
  'CloudWatchLambdaInsightsExecutionRolePolicy',
  'PowerUserAccess',
  'ReadOnlyAccess',
  'SecurityAudit',
  'service-role/AWSLambdaBasicExecutionRole',
  'service-role/AWSLambdaVPCAccessExecutionRole',
];

/** The managed policies that exist from the start, by ARN: AWS's known ones. */
export function awsPolicies({ partition }: Account, createdMs: number): Map<string, StoredPolicy> {
  return new Map(
    AWS_POLICIES.map((place) => {
      const arn = `arn:${partition}:iam::aws:policy/${place}`;
      const name = place.split('/').at(-1) ?? place;
      const path = `/${place.slice(0, -name.length)}`;
      return [arn, { name, path, id: newIamId('ANPA'), arn, createdMs, description: undefined }];
    }),
  );
}

/** Throws `InvalidInput` when `arn` has not the form of a managed policy's ARN. */
export function requirePolicyArn(arn: string): void {
  if (!/^arn:[\w-]+:iam::(aws|\d{12}):policy\/[\w+=,.@/-]+$/.test(arn)) throw invalidInput(`ARN ${arn} is not valid.`);
}

/** Throws `InvalidInput` or `NoSuchEntity` when `arn` cannot be set as permissions boundary. */
export function requireBoundary(arn: string, existing: ReadonlyMap<string, StoredPolicy>): void {
  requirePolicyArn(arn);
  if (!existing.has(arn)) throw noSuchEntity(`Scope ARN: ${arn} does not exist or is not attachable.`);
}
