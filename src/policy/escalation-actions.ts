/**
 * Single actions by which a workload gives itself, or another that it controls, rights that nobody granted. By what they
 * do; whoever holds one of them on a role, user or policy that counts needs no other.
 * Source: the lists of privilege escalation of Rhino Security Labs and of iam-dataset, see the fact sheet on IAM, 9.1.
 */
export const ESCALATION_ACTIONS: ReadonlyMap<string, string> = new Map(
  Object.entries({
    'rewrites what roles, users or groups may do': [
      'iam:AddUserToGroup',
      'iam:AttachGroupPolicy',
      'iam:AttachRolePolicy',
      'iam:AttachUserPolicy',
      'iam:CreatePolicyVersion',
      'iam:DeletePolicyVersion',
      'iam:DeleteRolePolicy',
      'iam:DetachRolePolicy',
      'iam:PutGroupPolicy',
      'iam:PutRolePolicy',
      'iam:PutUserPolicy',
      'iam:SetDefaultPolicyVersion',
    ],
    'takes the fence off roles or users': [
      'iam:DeleteRolePermissionsBoundary',
      'iam:DeleteUserPermissionsBoundary',
      'iam:PutRolePermissionsBoundary',
      'iam:PutUserPermissionsBoundary',
    ],
    'lets itself into roles of others': [
      'iam:TagRole',
      'iam:TagUser',
      'iam:UntagRole',
      'iam:UntagUser',
      'iam:UpdateAssumeRolePolicy',
    ],
    'makes credentials of others': [
      'iam:CreateAccessKey',
      'iam:CreateLoginProfile',
      'iam:CreateServiceSpecificCredential',
      'iam:CreateVirtualMFADevice',
      'iam:DeactivateMFADevice',
      'iam:EnableMFADevice',
      'iam:ResetServiceSpecificCredential',
      'iam:ResyncMFADevice',
      'iam:UpdateAccessKey',
      'iam:UpdateLoginProfile',
    ],
    'opens new ways into the account': [
      'iam:AddClientIDToOpenIDConnectProvider',
      'iam:CreateOpenIDConnectProvider',
      'iam:CreateSAMLProvider',
      'iam:UpdateOpenIDConnectProviderThumbprint',
      'iam:UpdateSAMLProvider',
      'rolesanywhere:CreateProfile',
      'rolesanywhere:CreateTrustAnchor',
      'rolesanywhere:UpdateProfile',
      'rolesanywhere:UpdateTrustAnchor',
    ],
    'hands AWS roles to pods or people': [
      'eks:AssociateAccessPolicy',
      'eks:CreateAccessEntry',
      'eks:CreatePodIdentityAssociation',
      'eks:UpdateAccessEntry',
      'eks:UpdatePodIdentityAssociation',
      'identitystore:CreateGroupMembership',
      'sso:AttachCustomerManagedPolicyReferenceToPermissionSet',
      'sso:AttachManagedPolicyToPermissionSet',
      'sso:CreateAccountAssignment',
      'sso:PutInlinePolicyToPermissionSet',
    ],
  }).flatMap(([effect, actions]) => actions.map((action) => [action, effect] as const)),
);
