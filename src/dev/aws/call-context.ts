import type { Clock } from '../../base/clock.ts';
import type { Account } from './account.ts';
import type { EksStore } from './eks-store.ts';
import { instanceProfileNotFound, protectedRole, roleNotFound } from './errors.ts';
import type { IamStore, StoredInstanceProfile, StoredRole } from './iam-store.ts';
import type { ParameterReader } from './parameters.ts';
import type { XmlFields } from './query-protocol.ts';

/** What one call works on. */
export interface CallContext {
  readonly account: Account;
  readonly clock: Clock;
  readonly iam: IamStore;
  readonly eks: EksStore;
  /** How long reads do not see what was just created. */
  readonly visibilityDelayMs: number;
  readonly rolesPerAccount: number;
  /** Rows in one page at most, however many were asked for. */
  readonly pageLimit: number;
  /** The call sees none of the roles and instance profiles it names. */
  readonly blind: boolean;
}

/** One call of IAM or STS: checks `input`, changes the stores, gives the result's fields, none for a call without. */
export type QueryHandler = (input: ParameterReader, context: CallContext) => XmlFields | undefined;

/**
 * The role to change; writes see a role as soon as it is created. Throws `NoSuchEntity`, and `UnmodifiableEntity` for a
 * service-linked role, which only its service changes. Source:
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/using-service-linked-roles.html
 */
export function roleToWrite(name: string, context: CallContext): StoredRole {
  const role = roleToTag(name, context);
  if (role.path.startsWith('/aws-service-role/')) throw protectedRole(role.name);
  return role;
}

/** As {@link roleToWrite}, but a service-linked role too may be tagged. */
export function roleToTag(name: string, context: CallContext): StoredRole {
  const role = context.blind ? undefined : context.iam.roles.get(name);
  if (role === undefined) throw roleNotFound(name);
  return role;
}

/** The role to show; reads see a role only after the visibility delay. Throws `NoSuchEntity`. */
export function roleToRead(name: string, context: CallContext): StoredRole {
  const role = roleToTag(name, context);
  if (!isVisible(role, context)) throw roleNotFound(name);
  return role;
}

/** As {@link roleToWrite}, for an instance profile. */
export function profileToWrite(name: string, context: CallContext): StoredInstanceProfile {
  const profile = context.blind ? undefined : context.iam.instanceProfiles.get(name);
  if (profile === undefined) throw instanceProfileNotFound(name);
  return profile;
}

/** As {@link roleToRead}, for an instance profile. */
export function profileToRead(name: string, context: CallContext): StoredInstanceProfile {
  const profile = profileToWrite(name, context);
  if (!isVisible(profile, context)) throw instanceProfileNotFound(name);
  return profile;
}

export function isVisible(created: { readonly visibleFromMs: number }, context: CallContext): boolean {
  return context.clock.monotonicMs() >= created.visibleFromMs;
}
