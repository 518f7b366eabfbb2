import type { AppAccess } from '../api/app-access.ts';
import { isRecord } from '../api/is-record.ts';
import { roleIdentity } from '../policy/role-identity.ts';
import type { CompileSettings } from '../policy/types.ts';
import type { Rival } from './observation.ts';

/*
 * A claim is something that only one AppAccess can have: a role name in the account, a service account. Its holder is
 * the one that owns it in AWS, else the older one; the others stall until the holder lets go of it.
 */

/**
 * The claims of `appAccess` as texts that are equal for equal things: those of its spec and, until it has let go of it,
 * the service account that status says it has. Role names are compared as IAM does, in the whole account and without
 * case. Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
 */
export function claimsOf(appAccess: AppAccess, settings: CompileSettings): readonly string[] {
  const held = heldAccount(appAccess);
  const claims = [...specClaims(appAccess, settings), ...(held === undefined ? [] : [accountClaim(appAccess, held)])];
  return [...new Set(claims)];
}

/** The claim on service account `key` (`namespace/name`). */
export function serviceAccountClaim(key: string): string {
  return `serviceaccount/${key}`;
}

/** Name of the service account that `status` says was last given the role. */
export function heldAccount({ status }: AppAccess): string | undefined {
  if (status?.applied === undefined) return undefined;
  return /^serviceaccount\/(.+)$/.exec(status.subject ?? '')?.[1];
}

/** Those of `others` that stand in the way of `appAccess`, with all that the plan needs to know of them. */
export function rivalsAmong(
  appAccess: AppAccess,
  others: readonly AppAccess[],
  settings: CompileSettings,
): readonly Rival[] {
  const wanted = specClaims(appAccess, settings);
  return others
    .filter((other) => !isSame(other, appAccess))
    .flatMap((other) => {
      const has = claimsOf(other, settings).filter((claim) => wanted.includes(claim));
      return has.length === 0 ? [] : [rivalOf(other, has, appAccess, settings)];
    });
}

function rivalOf(other: AppAccess, has: readonly string[], than: AppAccess, settings: CompileSettings): Rival {
  const { namespace, name, deletionTimestamp } = other.metadata;
  const { path, name: roleName } = roleIdentity(other, settings);
  const stillWants = specClaims(other, settings).some((claim) => has.includes(claim));
  return {
    namespace,
    name,
    roleArn: `arn:${settings.partition}:iam::${settings.accountId ?? ''}:role${path}${roleName}`,
    claims: has.map((claim) => (claim.startsWith('role/') ? 'RoleName' : 'ServiceAccount')),
    goesFirst: stillWants && deletionTimestamp === undefined && isOlder(other, than),
  };
}

/** Never throws, not even for an object that an older CRD let through. */
function specClaims(appAccess: AppAccess, settings: CompileSettings): readonly string[] {
  if (!isRecord(appAccess.spec)) return [];
  const account = appAccess.spec.subject?.serviceAccount;
  return [
    `role/${String(roleIdentity(appAccess, settings).name).toLowerCase()}`,
    ...(account === undefined ? [] : [accountClaim(appAccess, account.name)]),
  ];
}

function accountClaim({ metadata }: AppAccess, name: string): string {
  return serviceAccountClaim(`${metadata.namespace}/${name}`);
}

/**
 * Creation times are in whole seconds; within one, names decide, so that both objects come to the same answer. A manifest
 * that is not applied yet is younger than all.
 */
function isOlder(a: AppAccess, b: AppAccess): boolean {
  return ageKey(a) < ageKey(b);
}

function ageKey({ metadata }: AppAccess): string {
  return `${metadata.creationTimestamp ?? '~'} ${metadata.namespace}/${metadata.name}`;
}

function isSame(a: AppAccess, b: AppAccess): boolean {
  return a.metadata.namespace === b.metadata.namespace && a.metadata.name === b.metadata.name;
}
