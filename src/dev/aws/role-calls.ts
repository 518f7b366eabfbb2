import { type CallContext, isVisible, type QueryHandler, roleToRead, roleToWrite } from './call-context.ts';
import { deleteConflict, entityAlreadyExists } from './errors.ts';
import type { StoredRole } from './iam-store.ts';
import { requireBoundary } from './managed-policies.ts';
import { pageFields, readPageRequest, takePage } from './paging.ts';
import { ARN, DESCRIPTION, DOCUMENT, PATH, PATH_PREFIX, ROLE_NAME, SESSION_SECONDS } from './parameter-rules.ts';
import { requireRoom, requireTrustPolicyFits } from './quotas.ts';
import { roleFields, roleSummaryFields } from './role-fields.ts';
import { readTags, requireTagKeysFree } from './tags.ts';
import { toStoredTrustPolicy } from './trust-policy-storage.ts';
import { requireValidTrustPolicy } from './trust-policy-validation.ts';
import { newIamId } from './unique-id.ts';

const DEFAULT_SESSION_SECONDS = 3_600;

/** The calls that make, show, change and delete roles. */
export const roleCalls: Readonly<Record<string, QueryHandler>> = {
  CreateRole(input, context) {
    const name = input.requiredText('RoleName', ROLE_NAME);
    const document = input.requiredText('AssumeRolePolicyDocument', DOCUMENT);
    const path = input.text('Path', PATH) ?? '/';
    const description = input.text('Description', DESCRIPTION);
    const maxSessionSeconds = input.integer('MaxSessionDuration', SESSION_SECONDS) ?? DEFAULT_SESSION_SECONDS;
    const boundaryArn = input.text('PermissionsBoundary', ARN);
    const tags = readTags(input);
    input.done();
    requireTagKeysFree(tags);
    const trustDocument = checkedTrustPolicy(document, context);
    if (boundaryArn !== undefined) requireBoundary(boundaryArn, context.iam.managedPolicies);
    if (context.iam.roles.get(name) !== undefined) {
      throw entityAlreadyExists(`Role with name ${name} already exists.`);
    }
    requireRoom(context.iam.roles.size, context.rolesPerAccount, 'RolesPerAccount');
    const role: StoredRole = {
      name,
      path,
      id: newIamId('AROA'),
      arn: `arn:${context.account.partition}:iam::${context.account.id}:role${path}${name}`,
      createdMs: context.clock.now(),
      visibleFromMs: context.clock.monotonicMs() + context.visibilityDelayMs,
      description,
      maxSessionSeconds,
      trustDocument,
      boundaryArn,
      tags,
      inlinePolicies: new Map(),
      attachedPolicyArns: new Set(),
    };
    context.iam.roles.put(role);
    const { RoleLastUsed: _unused, ...fields } = roleFields(role, context.iam);
    return { Role: fields };
  },

  GetRole(input, context) {
    const name = input.requiredText('RoleName', ROLE_NAME);
    input.done();
    return { Role: roleFields(roleToRead(name, context), context.iam) };
  },

  ListRoles(input, context) {
    const prefix = input.text('PathPrefix', PATH_PREFIX) ?? '/';
    const request = readPageRequest(input);
    input.done();
    const roles = context.iam.roles.list().filter((role) => role.path.startsWith(prefix) && isVisible(role, context));
    const page = takePage(roles, (role) => role.name.toLowerCase(), request, context.pageLimit);
    return { Roles: page.items.map((role) => roleSummaryFields(role, context.iam)), ...pageFields(page) };
  },

  /** An absent duration means one hour, an absent description leaves the old one. */
  UpdateRole(input, context) {
    const name = input.requiredText('RoleName', ROLE_NAME);
    const description = input.text('Description', DESCRIPTION);
    const maxSessionSeconds = input.integer('MaxSessionDuration', SESSION_SECONDS) ?? DEFAULT_SESSION_SECONDS;
    input.done();
    const role = roleToWrite(name, context);
    role.maxSessionSeconds = maxSessionSeconds;
    if (description !== undefined) role.description = description === '' ? undefined : description;
    return {};
  },

  UpdateAssumeRolePolicy(input, context) {
    const name = input.requiredText('RoleName', ROLE_NAME);
    const document = input.requiredText('PolicyDocument', DOCUMENT);
    input.done();
    roleToWrite(name, context).trustDocument = checkedTrustPolicy(document, context);
    return undefined;
  },

  DeleteRole(input, context) {
    const name = input.requiredText('RoleName', ROLE_NAME);
    input.done();
    const role = roleToWrite(name, context);
    if (context.iam.instanceProfiles.list().some((profile) => profile.role === role)) {
      throw deleteConflict('Cannot delete entity, must remove roles from instance profile first.');
    }
    if (role.attachedPolicyArns.size > 0) {
      throw deleteConflict('Cannot delete entity, must detach all policies first.');
    }
    if (role.inlinePolicies.size > 0) throw deleteConflict('Cannot delete entity, must delete policies first.');
    context.iam.roles.delete(name);
    return undefined;
  },
};

function checkedTrustPolicy(document: string, context: CallContext): string {
  requireValidTrustPolicy(document, {
    partition: context.account.partition,
    exists: (principal) => principalExists(principal, context),
  });
  requireTrustPolicyFits(document);
  return toStoredTrustPolicy(document, context.account, context.iam);
}

/** Whether IAM can resolve `principal`; what other accounts hold is not known here and passes. */
function principalExists(principal: string, context: CallContext): boolean {
  if (/^\d{12}$/.test(principal)) return true;
  const [, partition, accountId, resource] = /^arn:([\w-]+):(?:iam|sts)::(\d{12}):(.+)$/.exec(principal) ?? [];
  if (partition !== context.account.partition || accountId === undefined || resource?.includes('*')) return false;
  if (accountId !== context.account.id || resource === 'root' || principal === context.account.callerArn) return true;
  return context.iam.roles.list().some((role) => role.arn === principal && isVisible(role, context));
}
