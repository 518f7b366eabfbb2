import type { AwsSnapshot } from '../../src/dev/aws/snapshot.ts';
import type { RecordedCall } from '../../src/dev/aws/start-aws-server.ts';
import type { AuthorizationRequest } from './evaluate-policy.ts';

export interface AccountFacts {
  readonly accountId: string;
  readonly region: string;
  /** The account as it is when the call comes in. */
  readonly before: AwsSnapshot;
}

type Context = Readonly<Record<string, string>>;

/**
 * What AWS decides upon when `call` comes in: the action itself, tagging while creating, and passing a role. A role or
 * instance profile that does not exist has an ARN without path.
 * Source: https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsidentityandaccessmanagementiam.html
 */
export function authorizationRequests(call: RecordedCall, facts: AccountFacts): readonly AuthorizationRequest[] {
  switch (call.service) {
    case 'eks':
      return eksRequests(call, facts);
    case 'iam':
      return iamRequests(call, facts);
    case 'sts':
      return []; // to ask who one is needs no permission
    default:
      return call.service satisfies never;
  }
}

function iamRequests({ action, parameters }: RecordedCall, facts: AccountFacts): readonly AuthorizationRequest[] {
  const request = (name: string, resource: string, context: Context) => ({ action: `iam:${name}`, resource, context });
  const tags = requestTags(parameters.Tags);
  switch (action) {
    case 'CreateRole': {
      const arn = `arn:aws:iam::${facts.accountId}:role${text(parameters.Path)}${text(parameters.RoleName)}`;
      return [
        request(action, arn, { ...tags, ...boundary(parameters.PermissionsBoundary) }),
        request('TagRole', arn, tags),
      ];
    }
    case 'CreateInstanceProfile': {
      const arn = `arn:aws:iam::${facts.accountId}:instance-profile${text(parameters.Path)}${text(parameters.InstanceProfileName)}`;
      return [request(action, arn, tags), request('TagInstanceProfile', arn, tags)];
    }
    case 'AddRoleToInstanceProfile':
      return [
        request(action, ...profile(parameters, facts)),
        passRole(roleNamed(parameters, facts)[0], 'ec2.amazonaws.com'),
      ];
    case 'DeleteInstanceProfile':
    case 'GetInstanceProfile':
    case 'RemoveRoleFromInstanceProfile':
      return [request(action, ...profile(parameters, facts))];
    case 'GetPolicy':
    case 'GetPolicyVersion':
      return [request(action, text(parameters.PolicyArn), {})];
    case 'TagInstanceProfile': {
      const [arn, context] = profile(parameters, facts);
      return [request(action, arn, { ...context, ...tags })];
    }
    default: {
      const [arn, context] = roleNamed(parameters, facts);
      const asked = { ...tags, ...boundary(parameters.PermissionsBoundary), ...policy(parameters.PolicyArn) };
      return [request(action, arn, { ...context, ...asked })];
    }
  }
}

function eksRequests({ action, parameters }: RecordedCall, facts: AccountFacts): readonly AuthorizationRequest[] {
  const prefix = `arn:aws:eks:${facts.region}:${facts.accountId}`;
  const tags = withPrefix('aws:RequestTag', (parameters.tags ?? {}) as Context);
  if (action === 'TagResource') {
    const resource = text(parameters.resourceArn);
    const tagged = facts.before.associations.find(({ arn }) => arn === resource);
    const context = { ...withPrefix('aws:ResourceTag', tagged?.tags ?? {}), ...tags };
    return [{ action: `eks:${action}`, resource, context }];
  }
  const cluster = `${prefix}:cluster/${text(parameters.clusterName)}`;
  const passed = parameters.roleArn === undefined ? [] : [passRole(text(parameters.roleArn), 'pods.eks.amazonaws.com')];
  if (action === 'ListPodIdentityAssociations') return [{ action: `eks:${action}`, resource: cluster, context: {} }];
  if (action === 'CreatePodIdentityAssociation') {
    const association = `${prefix}:podidentityassociation/${text(parameters.clusterName)}/a-new`;
    return [
      { action: `eks:${action}`, resource: cluster, context: tags },
      { action: 'eks:TagResource', resource: association, context: tags },
      ...passed,
    ];
  }
  const id = text(parameters.associationId);
  const found = facts.before.associations.find((association) => association.id === id);
  const resource = found?.arn ?? `${prefix}:podidentityassociation/${text(parameters.clusterName)}/${id}`;
  return [{ action: `eks:${action}`, resource, context: withPrefix('aws:ResourceTag', found?.tags ?? {}) }, ...passed];
}

function roleNamed(parameters: RecordedCall['parameters'], { accountId, before }: AccountFacts): [string, Context] {
  const name = text(parameters.RoleName);
  const found = before.roles.find((role) => role.name === name);
  if (found === undefined) return [`arn:aws:iam::${accountId}:role/${name}`, {}];
  return [found.arn, { ...withPrefix('aws:ResourceTag', found.tags), ...boundary(found.permissionsBoundaryArn) }];
}

function profile(parameters: RecordedCall['parameters'], { accountId, before }: AccountFacts): [string, Context] {
  const name = text(parameters.InstanceProfileName);
  const found = before.instanceProfiles.find((each) => each.name === name);
  if (found === undefined) return [`arn:aws:iam::${accountId}:instance-profile/${name}`, {}];
  return [found.arn, withPrefix('aws:ResourceTag', found.tags)];
}

function passRole(resource: string, service: string): AuthorizationRequest {
  return { action: 'iam:PassRole', resource, context: { 'iam:PassedToService': service } };
}

function boundary(arn: unknown): Context {
  return arn === undefined ? {} : { 'iam:PermissionsBoundary': text(arn) };
}

function policy(arn: unknown): Context {
  return arn === undefined ? {} : { 'iam:PolicyARN': text(arn) };
}

function requestTags(tags: unknown): Context {
  const list = (tags ?? []) as { Key: string; Value: string }[];
  return withPrefix('aws:RequestTag', Object.fromEntries(list.map(({ Key, Value }) => [Key, Value])));
}

function withPrefix(prefix: string, tags: Context): Context {
  return Object.fromEntries(Object.entries(tags).map(([key, value]) => [`${prefix}/${key}`, value]));
}

function text(value: unknown): string {
  if (typeof value !== 'string') throw new Error(`a text was expected, not ${JSON.stringify(value)}`);
  return value;
}
