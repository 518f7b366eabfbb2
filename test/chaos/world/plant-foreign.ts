import {
  AddRoleToInstanceProfileCommand,
  AttachRolePolicyCommand,
  CreateInstanceProfileCommand,
  CreatePolicyCommand,
  CreateRoleCommand,
  type IAMClient,
  PutRolePolicyCommand,
} from '@aws-sdk/client-iam';

const TRUST = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' }],
});
const ALLOW = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: 's3:*', Resource: '*' }],
});

/**
 * Makes what belongs to others and looks like ours in one way each: a role elsewhere, one under our path without tags, one
 * with the tags of another cluster, an instance profile, a policy of the account.
 */
export async function plantForeign(iam: IAMClient, ourPath: string): Promise<void> {
  await plantRole(iam, 'foreign-elsewhere', '/', {});
  await plantRole(iam, 'foreign-under-our-path', ourPath, {});
  await plantRole(iam, 'foreign-with-tags', ourPath, {
    'appaccess.dev/cluster-uid': 'another-cluster',
    'appaccess.dev/namespace': 'default',
    'appaccess.dev/name': 'lambda-0',
  });
  await iam.send(new CreatePolicyCommand({ PolicyName: 'foreign-policy', PolicyDocument: ALLOW }));
  const profile = { InstanceProfileName: 'foreign-profile', Path: ourPath };
  await iam.send(new CreateInstanceProfileCommand(profile));
  await iam.send(new AddRoleToInstanceProfileCommand({ ...profile, RoleName: 'foreign-elsewhere' }));
}

async function plantRole(
  iam: IAMClient,
  RoleName: string,
  Path: string,
  tags: Readonly<Record<string, string>>,
): Promise<void> {
  const Tags = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
  await iam.send(new CreateRoleCommand({ RoleName, Path, AssumeRolePolicyDocument: TRUST, Tags }));
  await iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: 'theirs', PolicyDocument: ALLOW }));
  await iam.send(new AttachRolePolicyCommand({ RoleName, PolicyArn: 'arn:aws:iam::aws:policy/ReadOnlyAccess' }));
}
