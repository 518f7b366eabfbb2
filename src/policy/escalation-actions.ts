/** What is refused of an action: always, or unless every resource is named. */
export interface Escalation {
  /** What somebody who has it does, in words that follow "it". */
  readonly effect: string;
  readonly unless?: 'ResourcesAreNamed';
}

/** Actions that give rights over rights: by one of them a workload gets what nobody granted. */
const NEVER: Readonly<Record<string, readonly string[]>> = {
  'rewrites what roles, users or groups may do': [
    ...['AddUserToGroup', 'AttachGroupPolicy', 'AttachRolePolicy', 'AttachUserPolicy', 'CreatePolicyVersion'],
    ...['DeleteGroupPolicy', 'DeletePolicyVersion', 'DeleteRolePolicy', 'DeleteUserPolicy', 'DetachGroupPolicy'],
    ...['DetachRolePolicy', 'DetachUserPolicy', 'PutGroupPolicy', 'PutRolePolicy', 'PutUserPolicy'],
    ...['RemoveUserFromGroup', 'SetDefaultPolicyVersion'],
  ].map((name) => `iam:${name}`),
  'takes the fence off roles or users': [
    ...['DeleteRolePermissionsBoundary', 'DeleteUserPermissionsBoundary'],
    ...['PutRolePermissionsBoundary', 'PutUserPermissionsBoundary'],
  ].map((name) => `iam:${name}`),
  'lets itself into roles of others': [
    ...['iam:TagRole', 'iam:TagUser', 'iam:UntagRole', 'iam:UntagUser', 'iam:UpdateAssumeRolePolicy'],
    'sts:AssumeRoot',
  ],
  'makes credentials of others': [
    ...['CreateAccessKey', 'CreateLoginProfile', 'CreateServiceSpecificCredential', 'CreateVirtualMFADevice'],
    ...['DeactivateMFADevice', 'DeleteVirtualMFADevice', 'EnableMFADevice', 'ResetServiceSpecificCredential'],
    ...['ResyncMFADevice', 'UpdateAccessKey', 'UpdateLoginProfile', 'UploadSSHPublicKey', 'UploadSigningCertificate'],
    ...['AcceptDelegationRequest', 'SendDelegationToken'],
  ].map((name) => `iam:${name}`),
  'opens new ways into the account': [
    ...['iam:AddClientIDToOpenIDConnectProvider', 'iam:CreateOpenIDConnectProvider', 'iam:CreateSAMLProvider'],
    ...['iam:UpdateOpenIDConnectProviderThumbprint', 'iam:UpdateSAMLProvider'],
    ...['iam:EnableOrganizationsRootCredentialsManagement', 'iam:EnableOrganizationsRootSessions'],
    ...['rolesanywhere:CreateProfile', 'rolesanywhere:CreateTrustAnchor', 'rolesanywhere:EnableProfile'],
    ...['rolesanywhere:EnableTrustAnchor', 'rolesanywhere:UpdateProfile', 'rolesanywhere:UpdateTrustAnchor'],
  ],
  'hands rights in AWS to pods or people': [
    ...['eks:AssociateAccessPolicy', 'eks:CreateAccessEntry', 'eks:CreatePodIdentityAssociation'],
    ...['eks:UpdateAccessEntry', 'eks:UpdatePodIdentityAssociation'],
    ...['identitystore:CreateGroupMembership', 'identitystore:CreateUser', 'identitystore:UpdateUser'],
    ...['sso:AttachCustomerManagedPolicyReferenceToPermissionSet', 'sso:AttachManagedPolicyToPermissionSet'],
    ...['sso:CreateAccountAssignment', 'sso:DeleteInlinePolicyFromPermissionSet'],
    ...['sso:DeletePermissionsBoundaryFromPermissionSet', 'sso:ProvisionPermissionSet'],
    ...['sso:PutInlinePolicyToPermissionSet', 'sso:PutPermissionsBoundaryToPermissionSet'],
  ],
};

/** Actions that are somebody's work on what is his, and an escalation on what is not. */
const ON_NAMED_RESOURCES: Readonly<Record<string, readonly string[]>> = {
  'runs its own code under roles of others': [
    ...[
      'lambda:UpdateFunctionCode',
      'lambda:UpdateFunctionConfiguration',
      'glue:StartJobRun',
      'glue:UpdateDevEndpoint',
    ],
    ...[
      'sagemaker:CreatePresignedNotebookInstanceUrl',
      'ssm:CreateAssociation',
      'ssm:ResumeSession',
      'ssm:SendCommand',
    ],
    ...['ssm:StartSession', 'ssm:UpdateDocument', 'ecs:ExecuteCommand', 'ec2-instance-connect:SendSSHPublicKey'],
    ...['ec2:ModifyInstanceAttribute', 'codebuild:StartBuild', 'codebuild:UpdateProject', 'states:UpdateStateMachine'],
    ...['cloudformation:CreateChangeSet', 'cloudformation:ExecuteChangeSet', 'cloudformation:UpdateStack'],
  ],
  'opens resources to others': [
    ...['kms:CreateGrant', 'kms:PutKeyPolicy', 's3:PutAccessPointPolicy', 's3:PutBucketAcl', 's3:PutBucketPolicy'],
    ...['s3:PutBucketPublicAccessBlock', 's3:PutAccountPublicAccessBlock', 's3:PutObjectAcl', 's3:PutObjectVersionAcl'],
    ...['secretsmanager:PutResourcePolicy', 'sqs:AddPermission', 'sqs:SetQueueAttributes', 'sns:AddPermission'],
    ...['sns:SetTopicAttributes', 'ecr:SetRepositoryPolicy', 'lambda:AddPermission', 'lambda:CreateFunctionUrlConfig'],
    ...['es:UpdateDomainConfig', 'dynamodb:PutResourcePolicy', 'kinesis:PutResourcePolicy', 'logs:PutResourcePolicy'],
    ...['ssm:PutResourcePolicy', 'events:PutPermission', 'ram:CreateResourceShare'],
  ],
};

/**
 * What is refused of single actions, by the action in its published spelling; every pattern counts by what it matches.
 * Source: the lists of privilege escalation of Rhino Security Labs and of iam-dataset.
 */
export const ESCALATIONS: ReadonlyMap<string, Escalation> = new Map([
  ...entriesOf(NEVER, {}),
  ...entriesOf(ON_NAMED_RESOURCES, { unless: 'ResourcesAreNamed' }),
]);

function entriesOf(table: Readonly<Record<string, readonly string[]>>, rule: Pick<Escalation, 'unless'>) {
  return Object.entries(table).flatMap(([effect, actions]) =>
    actions.map((action): [string, Escalation] => [action, { effect, ...rule }]),
  );
}
