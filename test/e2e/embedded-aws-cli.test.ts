import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { systemClock } from '../../src/base/clock.ts';
import { type EmbeddedAws, startAwsServer } from '../../src/dev/aws/start-aws-server.ts';

const TRUST = {
  Version: '2012-10-17',
  Statement: [
    {
      Effect: 'Allow',
      Principal: { Service: 'pods.eks.amazonaws.com' },
      Action: ['sts:AssumeRole', 'sts:TagSession'],
    },
  ],
};
const POLICY = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: 's3:GetObject', Resource: 'arn:aws:s3:::bucket/a+b c/*' }],
};
const ROLE_ARN = 'arn:aws:iam::123456789012:role/appaccess/reader';
const READ_ONLY = 'arn:aws:iam::aws:policy/ReadOnlyAccess';

describe('the aws CLI on the embedded AWS API', () => {
  let aws: EmbeddedAws;
  let associationId: string;

  beforeAll(async () => {
    aws = await startAwsServer({
      port: 0,
      accountId: '123456789012',
      region: 'eu-central-1',
      clusters: ['main'],
      clock: systemClock,
    });
    const RoleName = 'reader';
    const InstanceProfileName = 'reader';
    aws.actAsOther('CreateRole', {
      RoleName,
      Path: '/appaccess/',
      AssumeRolePolicyDocument: JSON.stringify(TRUST),
      Tags: [{ Key: 'team', Value: 'a' }],
    });
    aws.actAsOther('PutRolePolicy', { RoleName, PolicyName: 'grants', PolicyDocument: JSON.stringify(POLICY) });
    aws.actAsOther('AttachRolePolicy', { RoleName, PolicyArn: READ_ONLY });
    aws.actAsOther('CreateInstanceProfile', { InstanceProfileName, Path: '/appaccess/' });
    aws.actAsOther('AddRoleToInstanceProfile', { InstanceProfileName, RoleName });
    aws.actAsOtherInEks('CreatePodIdentityAssociation', {
      clusterName: 'main',
      namespace: 'shop',
      serviceAccount: 'reader',
      roleArn: ROLE_ARN,
    });
    associationId = aws.snapshot().associations[0]?.id ?? '';
  });
  afterAll(() => aws.stop());

  async function run(command: string): Promise<unknown> {
    const { stdout } = await execa(process.env.AWS_CLI ?? 'aws', [...command.split(' '), '--output', 'json'], {
      env: {
        AWS_ENDPOINT_URL: aws.url,
        AWS_REGION: 'eu-central-1',
        AWS_DEFAULT_REGION: 'eu-central-1',
        AWS_ACCESS_KEY_ID: 'embedded',
        AWS_SECRET_ACCESS_KEY: 'embedded',
        AWS_PAGER: '',
        AWS_CONFIG_FILE: '/dev/null',
        AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
      },
    });
    return JSON.parse(stdout);
  }

  const role = {
    Path: '/appaccess/',
    RoleName: 'reader',
    RoleId: expect.stringMatching(/^AROA/),
    Arn: ROLE_ARN,
    CreateDate: expect.any(String),
    AssumeRolePolicyDocument: TRUST,
    MaxSessionDuration: 3600,
  };
  const profile = {
    Path: '/appaccess/',
    InstanceProfileName: 'reader',
    InstanceProfileId: expect.stringMatching(/^AIPA/),
    Arn: 'arn:aws:iam::123456789012:instance-profile/appaccess/reader',
    CreateDate: expect.any(String),
    Roles: [role],
  };

  test('list-roles shows the role with its trust policy decoded', async () => {
    expect(await run('iam list-roles --path-prefix /appaccess/')).toEqual({ Roles: [role] });
  });

  test('get-role shows tags as well', async () => {
    expect(await run('iam get-role --role-name reader')).toEqual({
      Role: { ...role, Tags: [{ Key: 'team', Value: 'a' }], RoleLastUsed: {} },
    });
  });

  test('list-role-policies names the inline policy', async () => {
    expect(await run('iam list-role-policies --role-name reader')).toEqual({ PolicyNames: ['grants'] });
  });

  test('get-role-policy shows the document decoded', async () => {
    expect(await run('iam get-role-policy --role-name reader --policy-name grants')).toEqual({
      RoleName: 'reader',
      PolicyName: 'grants',
      PolicyDocument: POLICY,
    });
  });

  test('list-attached-role-policies shows the managed policy', async () => {
    expect(await run('iam list-attached-role-policies --role-name reader')).toEqual({
      AttachedPolicies: [{ PolicyName: 'ReadOnlyAccess', PolicyArn: READ_ONLY }],
    });
  });

  test('get-instance-profile shows the role it holds', async () => {
    expect(await run('iam get-instance-profile --instance-profile-name reader')).toEqual({ InstanceProfile: profile });
  });

  test('list-instance-profiles-for-role shows the profile', async () => {
    expect(await run('iam list-instance-profiles-for-role --role-name reader')).toEqual({
      InstanceProfiles: [profile],
    });
  });

  test('get-caller-identity shows the account', async () => {
    expect(await run('sts get-caller-identity')).toEqual({
      UserId: expect.any(String),
      Account: '123456789012',
      Arn: 'arn:aws:iam::123456789012:user/embedded',
    });
  });

  test('assume-role is for roles that trust the account', async () => {
    const trust = (principal: object) =>
      JSON.stringify({
        Version: '2012-10-17',
        Statement: [{ Effect: 'Allow', Principal: principal, Action: 'sts:AssumeRole' }],
      });
    aws.actAsOther('CreateRole', { RoleName: 'open', AssumeRolePolicyDocument: trust({ AWS: '123456789012' }) });
    expect(
      await run('sts assume-role --role-arn arn:aws:iam::123456789012:role/open --role-session-name look'),
    ).toEqual({
      Credentials: {
        AccessKeyId: expect.stringMatching(/^ASIA/),
        SecretAccessKey: expect.any(String),
        SessionToken: expect.any(String),
        Expiration: expect.any(String),
      },
      AssumedRoleUser: {
        AssumedRoleId: expect.stringMatching(/^AROA.*:look$/),
        Arn: 'arn:aws:sts::123456789012:assumed-role/open/look',
      },
    });
    aws.actAsOther('DeleteRole', { RoleName: 'open' });
    await expect(run(`sts assume-role --role-arn ${ROLE_ARN} --role-session-name look`)).rejects.toThrow(
      `An error occurred (AccessDenied) when calling the AssumeRole operation: User: arn:aws:iam::123456789012:user/embedded is not authorized to perform: sts:AssumeRole on resource: ${ROLE_ARN}`,
    );
  });

  test('list- and describe-pod-identity-association show the association', async () => {
    const summary = {
      clusterName: 'main',
      namespace: 'shop',
      serviceAccount: 'reader',
      associationArn: `arn:aws:eks:eu-central-1:123456789012:podidentityassociation/main/${associationId}`,
      associationId,
    };
    expect(await run('eks list-pod-identity-associations --cluster-name main')).toEqual({ associations: [summary] });
    expect(
      await run(`eks describe-pod-identity-association --cluster-name main --association-id ${associationId}`),
    ).toEqual({
      association: {
        ...summary,
        roleArn: ROLE_ARN,
        tags: {},
        createdAt: expect.anything(),
        modifiedAt: expect.anything(),
        disableSessionTags: false,
      },
    });
  });

  test('get-role of an absent role ends with the message that AWS gives', async () => {
    await expect(run('iam get-role --role-name absent')).rejects.toThrow(
      'An error occurred (NoSuchEntity) when calling the GetRole operation: The role with name absent cannot be found.',
    );
  });
});
