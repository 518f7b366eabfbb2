import type { Account } from './account.ts';
import { invalidInput, noSuchEntity } from './errors.ts';

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

/** ARNs of the managed policies that exist: AWS's known ones and those of `own`. */
export function managedPolicyArns(account: Account, own: readonly string[]): ReadonlySet<string> {
  return new Set([...AWS_POLICIES.map((path) => `arn:${account.partition}:iam::aws:policy/${path}`), ...own]);
}

/** Throws `InvalidInput` when `arn` has not the form of a managed policy's ARN. */
export function requirePolicyArn(arn: string): void {
  if (!/^arn:[\w-]+:iam::(aws|\d{12}):policy\/[\w+=,.@/-]+$/.test(arn)) throw invalidInput(`ARN ${arn} is not valid.`);
}

/** Throws `InvalidInput` or `NoSuchEntity` when `arn` cannot be set as permissions boundary. */
export function requireBoundary(arn: string, existing: ReadonlySet<string>): void {
  requirePolicyArn(arn);
  if (!existing.has(arn)) throw noSuchEntity(`Scope ARN: ${arn} does not exist or is not attachable.`);
}
