import type { CallContext, QueryHandler } from './call-context.ts';
import { AwsError, entityAlreadyExists, noSuchEntity } from './errors.ts';
import type { StoredPolicy } from './iam-store.ts';
import { requireValidIdentityPolicy } from './identity-policy-validation.ts';
import { requirePolicyArn } from './managed-policies.ts';
import { ARN, DESCRIPTION, DOCUMENT, PATH, POLICY_NAME } from './parameter-rules.ts';
import type { XmlFields } from './query-protocol.ts';
import { requireManagedPolicyFits } from './quotas.ts';
import { percentEncode, timestamp } from './role-fields.ts';
import { newIamId } from './unique-id.ts';

/** Every policy has this one here: no call makes another. */
const VERSION = 'v1';

/** The calls that make a customer managed policy and show what a managed policy says. */
export const managedPolicyCalls: Readonly<Record<string, QueryHandler>> = {
  CreatePolicy(input, context) {
    const name = input.requiredText('PolicyName', POLICY_NAME);
    const path = input.text('Path', PATH) ?? '/';
    const document = input.requiredText('PolicyDocument', DOCUMENT);
    const description = input.text('Description', DESCRIPTION);
    input.done();
    requireValidIdentityPolicy(document);
    requireManagedPolicyFits(document);
    const { account, clock, iam } = context;
    const isTaken = [...iam.managedPolicies.values()].some(
      (policy) => policy.document !== undefined && policy.name.toLowerCase() === name.toLowerCase(),
    );
    if (isTaken) throw entityAlreadyExists(`A policy called ${name} already exists. Duplicate names are not allowed.`);
    const arn = `arn:${account.partition}:iam::${account.id}:policy${path}${name}`;
    const policy = { name, path, id: newIamId('ANPA'), arn, createdMs: clock.now(), description, document };
    iam.managedPolicies.set(arn, policy);
    const { Description: _, ...fields } = policyFields(policy, context);
    return { Policy: fields };
  },

  GetPolicy(input, context) {
    const arn = input.requiredText('PolicyArn', ARN);
    input.done();
    return { Policy: policyFields(policyOf(arn, context), context) };
  },

  GetPolicyVersion(input, context) {
    const arn = input.requiredText('PolicyArn', ARN);
    const version = input.requiredText('VersionId', { pattern: /^v[1-9][0-9]*(\.[A-Za-z0-9-]*)?$/ });
    input.done();
    const { document, createdMs } = policyOf(arn, context);
    if (version !== VERSION)
      throw noSuchEntity(`Policy ${arn} version ${version} does not exist or is not attachable.`);
    if (document === undefined) {
      throw new AwsError(501, 'NotImplemented', `the embedded AWS does not know what AWS's own policy ${arn} says`);
    }
    return {
      PolicyVersion: {
        Document: percentEncode(document),
        VersionId: VERSION,
        IsDefaultVersion: true,
        CreateDate: timestamp(createdMs),
      },
    };
  },
};

function policyOf(arn: string, { iam }: CallContext): StoredPolicy {
  requirePolicyArn(arn);
  const policy = iam.managedPolicies.get(arn);
  if (policy === undefined) throw noSuchEntity(`Policy ${arn} was not found.`);
  return policy;
}

function policyFields({ name, path, id, arn, createdMs, description }: StoredPolicy, { iam }: CallContext): XmlFields {
  const roles = iam.roles.list();
  return {
    PolicyName: name,
    PolicyId: id,
    Arn: arn,
    Path: path,
    DefaultVersionId: VERSION,
    AttachmentCount: roles.filter((role) => role.attachedPolicyArns.has(arn)).length,
    PermissionsBoundaryUsageCount: roles.filter((role) => role.boundaryArn === arn).length,
    IsAttachable: true,
    Description: description,
    CreateDate: timestamp(createdMs),
    UpdateDate: timestamp(createdMs),
  };
}
