import { type QueryHandler, roleToRead, roleToWrite } from './call-context.ts';
import { noSuchEntity } from './errors.ts';
import { requireBoundary, requirePolicyArn } from './managed-policies.ts';
import { pageFields, readPageRequest, takePage } from './paging.ts';
import { ARN, PATH_PREFIX, ROLE_NAME } from './parameter-rules.ts';
import { QUOTAS, requireRoom } from './quotas.ts';

/** The calls that tie managed policies to a role, as attachment or as permissions boundary. */
export const attachmentCalls: Readonly<Record<string, QueryHandler>> = {
  AttachRolePolicy(input, context) {
    const roleName = input.requiredText('RoleName', ROLE_NAME);
    const arn = input.requiredText('PolicyArn', ARN);
    input.done();
    requirePolicyArn(arn);
    const role = roleToWrite(roleName, context);
    if (!context.iam.managedPolicies.has(arn)) {
      throw noSuchEntity(`Policy ${arn} does not exist or is not attachable.`);
    }
    if (role.attachedPolicyArns.has(arn)) return undefined;
    requireRoom(role.attachedPolicyArns.size, QUOTAS.attachedPoliciesPerRole, 'PoliciesPerRole');
    role.attachedPolicyArns.add(arn);
    return undefined;
  },

  DetachRolePolicy(input, context) {
    const roleName = input.requiredText('RoleName', ROLE_NAME);
    const arn = input.requiredText('PolicyArn', ARN);
    input.done();
    requirePolicyArn(arn);
    const role = roleToWrite(roleName, context);
    if (!role.attachedPolicyArns.delete(arn)) throw noSuchEntity(`Policy ${arn} was not found.`);
    return undefined;
  },

  ListAttachedRolePolicies(input, context) {
    const roleName = input.requiredText('RoleName', ROLE_NAME);
    const prefix = input.text('PathPrefix', PATH_PREFIX) ?? '/';
    const request = readPageRequest(input);
    input.done();
    const arns = [...roleToRead(roleName, context).attachedPolicyArns]
      .filter((arn) => policyPath(arn).startsWith(prefix))
      .sort();
    const page = takePage(arns, (arn) => arn, request, context.pageLimit);
    const policies = page.items.map((arn) => ({ PolicyName: arn.split('/').at(-1), PolicyArn: arn }));
    return { AttachedPolicies: policies, ...pageFields(page) };
  },

  PutRolePermissionsBoundary(input, context) {
    const roleName = input.requiredText('RoleName', ROLE_NAME);
    const arn = input.requiredText('PermissionsBoundary', ARN);
    input.done();
    const role = roleToWrite(roleName, context);
    requireBoundary(arn, context.iam.managedPolicies);
    role.boundaryArn = arn;
    return undefined;
  },

  /** No error when there is none: AWS does not say what it does then. */
  DeleteRolePermissionsBoundary(input, context) {
    const roleName = input.requiredText('RoleName', ROLE_NAME);
    input.done();
    roleToWrite(roleName, context).boundaryArn = undefined;
    return undefined;
  },
};

/** `/service-role/` of `arn:aws:iam::aws:policy/service-role/Name`. */
function policyPath(arn: string): string {
  return arn.slice(arn.indexOf(':policy/') + ':policy'.length, arn.lastIndexOf('/') + 1);
}
