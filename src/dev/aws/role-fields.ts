import type { IamStore, StoredInstanceProfile, StoredRole } from './iam-store.ts';
import type { XmlFields } from './query-protocol.ts';
import { tagFields } from './tags.ts';
import { toShownTrustPolicy } from './trust-policy-storage.ts';

/** A role as ListRoles shows it: without boundary, tags and last use. */
export function roleSummaryFields(role: StoredRole, store: IamStore): XmlFields {
  return {
    Path: role.path,
    RoleName: role.name,
    RoleId: role.id,
    Arn: role.arn,
    CreateDate: timestamp(role.createdMs),
    AssumeRolePolicyDocument: percentEncode(toShownTrustPolicy(role.trustDocument, store)),
    Description: role.description,
    MaxSessionDuration: role.maxSessionSeconds,
  };
}

/** A role as GetRole shows it. */
export function roleFields(role: StoredRole, store: IamStore): XmlFields {
  const { boundaryArn } = role;
  return {
    ...roleSummaryFields(role, store),
    PermissionsBoundary:
      boundaryArn === undefined
        ? undefined
        : { PermissionsBoundaryType: 'Policy', PermissionsBoundaryArn: boundaryArn },
    Tags: role.tags.length === 0 ? undefined : tagFields(role.tags),
    RoleLastUsed: {},
  };
}

/** An instance profile with the role it holds; lists leave its tags out. */
export function instanceProfileFields(profile: StoredInstanceProfile, store: IamStore): XmlFields {
  return {
    Path: profile.path,
    InstanceProfileName: profile.name,
    InstanceProfileId: profile.id,
    Arn: profile.arn,
    CreateDate: timestamp(profile.createdMs),
    Roles: profile.role === undefined ? [] : [roleSummaryFields(profile.role, store)],
  };
}

/** ISO 8601 in whole seconds, as IAM writes times. */
export function timestamp(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`;
}

/**
 * `text` percent-encoded by RFC 3986, as IAM sends documents back. Source:
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetRolePolicy.html
 */
export function percentEncode(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
}
