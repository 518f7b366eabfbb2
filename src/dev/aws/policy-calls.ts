import { type QueryHandler, roleToRead, roleToWrite } from './call-context.ts';
import { noSuchEntity } from './errors.ts';
import { requireValidIdentityPolicy } from './identity-policy-validation.ts';
import { pageFields, readPageRequest, takePage } from './paging.ts';
import { DOCUMENT, POLICY_NAME, ROLE_NAME } from './parameter-rules.ts';
import { requireInlinePoliciesFit } from './quotas.ts';
import { percentEncode } from './role-fields.ts';

/** The calls for a role's inline policies. Documents come back as they were sent, percent-encoded. */
export const policyCalls: Readonly<Record<string, QueryHandler>> = {
  PutRolePolicy(input, context) {
    const roleName = input.requiredText('RoleName', ROLE_NAME);
    const name = input.requiredText('PolicyName', POLICY_NAME);
    const document = input.requiredText('PolicyDocument', DOCUMENT);
    input.done();
    const role = roleToWrite(roleName, context);
    requireValidIdentityPolicy(document);
    const others = [...role.inlinePolicies.entries()].filter(([key]) => key !== name.toLowerCase());
    requireInlinePoliciesFit(role.name, [...others.map(([, policy]) => policy.document), document]);
    role.inlinePolicies.set(name.toLowerCase(), { name, document });
    return undefined;
  },

  GetRolePolicy(input, context) {
    const roleName = input.requiredText('RoleName', ROLE_NAME);
    const name = input.requiredText('PolicyName', POLICY_NAME);
    input.done();
    const role = roleToRead(roleName, context);
    const policy = role.inlinePolicies.get(name.toLowerCase());
    if (policy === undefined) throw policyNotFound(name);
    return { RoleName: role.name, PolicyName: policy.name, PolicyDocument: percentEncode(policy.document) };
  },

  ListRolePolicies(input, context) {
    const roleName = input.requiredText('RoleName', ROLE_NAME);
    const request = readPageRequest(input);
    input.done();
    const names = [...roleToRead(roleName, context).inlinePolicies.values()].map(({ name }) => name).sort();
    const page = takePage(names, (name) => name, request, context.pageLimit);
    return { PolicyNames: page.items, ...pageFields(page) };
  },

  DeleteRolePolicy(input, context) {
    const roleName = input.requiredText('RoleName', ROLE_NAME);
    const name = input.requiredText('PolicyName', POLICY_NAME);
    input.done();
    if (!roleToWrite(roleName, context).inlinePolicies.delete(name.toLowerCase())) throw policyNotFound(name);
    return undefined;
  },
};

function policyNotFound(name: string) {
  return noSuchEntity(`The role policy with name ${name} cannot be found.`);
}
