import { OWNER_TAG_PREFIX } from '../../src/api/app-access.ts';

/**
 * Lists that an installation may give. `BoundaryArns`: every role must have one of these permissions boundaries.
 * `AttachablePolicyArns`: patterns of managed policies that may be attached.
 */
export type ListParameter = 'BoundaryArns' | 'AttachablePolicyArns';

export interface PolicyCondition {
  readonly operator: 'StringEquals' | 'ArnLike';
  readonly key: string;
  /** A condition on a list parameter is left out where that list is empty. */
  readonly values: readonly string[] | ListParameter;
}

/**
 * One Allow statement. In its texts `${Partition}`, `${AccountId}`, `${Region}`, `${DnsSuffix}`, `${ClusterName}`,
 * `${ClusterUid}` and `${OidcIssuer}` stand for what an installation fills in.
 */
export interface ControllerStatement {
  readonly sid: string;
  /** Only with, or only without, a list parameter; absent: always. */
  readonly when?: { readonly parameter: ListParameter; readonly given: boolean };
  /** Who is trusted, in a trust policy. */
  readonly principal?: { readonly type: 'Service' | 'Federated'; readonly value: string };
  readonly actions: readonly string[];
  /** Absent in a trust policy. */
  readonly resources?: readonly string[];
  readonly conditions: readonly PolicyCondition[];
}

/** As in `deploy/base`. */
export const CONTROLLER_NAMESPACE = 'appaccess-system';
export const CONTROLLER_SERVICE_ACCOUNT = 'appaccess-controller';

const IAM = 'arn:${Partition}:iam::${AccountId}';
const EKS = 'arn:${Partition}:eks:${Region}:${AccountId}';
/** The controller's own role and the boundaries must lie outside, else it could widen itself. */
const ROLES = `${IAM}:role/appaccess/\${ClusterName}/*`;
const PROFILES = `${IAM}:instance-profile/appaccess/\${ClusterName}/*`;
const CLUSTER = `${EKS}:cluster/\${ClusterName}`;
const ASSOCIATIONS = `${EKS}:podidentityassociation/\${ClusterName}/*`;

const UID_TAG = `${OWNER_TAG_PREFIX}cluster-uid`;
const equals = (key: string, ...values: string[]): PolicyCondition => ({ operator: 'StringEquals', key, values });
const TAGGED_NOW = equals(`aws:RequestTag/${UID_TAG}`, '${ClusterUid}');
const TAGGED_BEFORE = equals(`aws:ResourceTag/${UID_TAG}`, '${ClusterUid}');
const BOUNDED: PolicyCondition = { operator: 'StringEquals', key: 'iam:PermissionsBoundary', values: 'BoundaryArns' };

/**
 * What the controller may do in AWS: what `src/aws` calls, on its path, on what carries its cluster's tag, within the
 * boundaries. `sts:GetCallerIdentity` needs no permission. Source: https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsidentityandaccessmanagementiam.html
 */
export const permissions: readonly ControllerStatement[] = [
  {
    // Of the whole account: IAM judges a name that does not exist without its path, so that a narrower statement would
    // answer "denied" for "not there"; and a name that another role holds is to be told as such.
    sid: 'Read',
    actions: [
      'iam:GetInstanceProfile',
      'iam:GetRole',
      'iam:GetRolePolicy',
      'iam:ListAttachedRolePolicies',
      'iam:ListInstanceProfilesForRole',
      'iam:ListRolePolicies',
    ],
    resources: [`${IAM}:role/*`, `${IAM}:instance-profile/*`],
    conditions: [],
  },
  // What others attached to a role of ours is read before it is taken off: what only denies stays.
  {
    sid: 'ReadPolicies',
    actions: ['iam:GetPolicy', 'iam:GetPolicyVersion'],
    resources: [`${IAM}:policy/*`],
    conditions: [],
  },
  { sid: 'CreateRole', actions: ['iam:CreateRole'], resources: [ROLES], conditions: [TAGGED_NOW, BOUNDED] },
  // To tag while creating is judged by itself, when there are no tags yet. What a predecessor of the cluster made is taken
  // over by the same leave: the first write to it is the tag of this cluster.
  { sid: 'TagNewRole', actions: ['iam:TagRole'], resources: [ROLES], conditions: [TAGGED_NOW] },
  { sid: 'TagRole', actions: ['iam:TagRole', 'iam:UntagRole'], resources: [ROLES], conditions: [TAGGED_BEFORE] },
  {
    sid: 'ChangeRole',
    actions: [
      'iam:DeleteRole',
      'iam:DeleteRolePolicy',
      'iam:DetachRolePolicy',
      'iam:PutRolePermissionsBoundary',
      'iam:PutRolePolicy',
      'iam:UpdateAssumeRolePolicy',
      'iam:UpdateRole',
    ],
    resources: [ROLES],
    conditions: [TAGGED_BEFORE, BOUNDED],
  },
  {
    sid: 'Unbound',
    when: { parameter: 'BoundaryArns', given: false },
    actions: ['iam:DeleteRolePermissionsBoundary'],
    resources: [ROLES],
    conditions: [TAGGED_BEFORE],
  },
  {
    sid: 'Attach',
    when: { parameter: 'AttachablePolicyArns', given: true },
    actions: ['iam:AttachRolePolicy'],
    resources: [ROLES],
    conditions: [TAGGED_BEFORE, BOUNDED, { operator: 'ArnLike', key: 'iam:PolicyARN', values: 'AttachablePolicyArns' }],
  },
  {
    sid: 'CreateProfile',
    actions: ['iam:CreateInstanceProfile', 'iam:TagInstanceProfile'],
    resources: [PROFILES],
    conditions: [TAGGED_NOW],
  },
  {
    sid: 'ChangeProfile',
    actions: ['iam:AddRoleToInstanceProfile', 'iam:DeleteInstanceProfile', 'iam:RemoveRoleFromInstanceProfile'],
    resources: [PROFILES],
    conditions: [TAGGED_BEFORE],
  },
  {
    // No tag condition: tags do not bear on passing a role. The path does.
    sid: 'PassRole',
    actions: ['iam:PassRole'],
    resources: [ROLES],
    conditions: [equals('iam:PassedToService', 'ec2.${DnsSuffix}', 'pods.eks.amazonaws.com')],
  },
  {
    sid: 'ReadAssociations',
    actions: ['eks:DescribePodIdentityAssociation', 'eks:ListPodIdentityAssociations'],
    resources: [CLUSTER, ASSOCIATIONS],
    conditions: [],
  },
  {
    sid: 'CreateAssociation',
    actions: ['eks:CreatePodIdentityAssociation'],
    resources: [CLUSTER],
    conditions: [TAGGED_NOW],
  },
  { sid: 'TagNewAssociation', actions: ['eks:TagResource'], resources: [ASSOCIATIONS], conditions: [TAGGED_NOW] },
  {
    sid: 'ChangeAssociation',
    actions: ['eks:DeletePodIdentityAssociation', 'eks:UpdatePodIdentityAssociation'],
    resources: [ASSOCIATIONS],
    conditions: [TAGGED_BEFORE],
  },
];

/** Who may be the controller by EKS Pod Identity: one service account of one cluster. */
export const podIdentityTrust: ControllerStatement = {
  sid: 'PodIdentity',
  principal: { type: 'Service', value: 'pods.eks.amazonaws.com' },
  actions: ['sts:AssumeRole', 'sts:TagSession'],
  conditions: [
    equals('aws:SourceAccount', '${AccountId}'),
    equals('aws:RequestTag/eks-cluster-arn', CLUSTER),
    equals('aws:RequestTag/kubernetes-namespace', CONTROLLER_NAMESPACE),
    equals('aws:RequestTag/kubernetes-service-account', CONTROLLER_SERVICE_ACCOUNT),
  ],
};

/** Who may be the controller by IRSA. `${OidcIssuer}` is the issuer without `https://`. */
export const irsaTrust: ControllerStatement = {
  sid: 'IRSA',
  principal: { type: 'Federated', value: `${IAM}:oidc-provider/\${OidcIssuer}` },
  actions: ['sts:AssumeRoleWithWebIdentity'],
  conditions: [
    equals('${OidcIssuer}:aud', 'sts.amazonaws.com'),
    equals('${OidcIssuer}:sub', `system:serviceaccount:${CONTROLLER_NAMESPACE}:${CONTROLLER_SERVICE_ACCOUNT}`),
  ],
};
