/** A value or a list of values: IAM reads a list of one and a lone string alike. */
export type OneOrMany = string | readonly string[];

export type PolicyConditions = Readonly<Record<string, Readonly<Record<string, OneOrMany>>>>;

/** A statement of an IAM policy, in IAM's own spelling. */
export interface PolicyStatement {
  readonly Sid?: string;
  readonly Effect: 'Allow' | 'Deny';
  /** In trust policies only. */
  readonly Principal?: string | Readonly<Record<string, OneOrMany>>;
  readonly Action?: OneOrMany;
  readonly NotAction?: OneOrMany;
  /** In permissions policies only. */
  readonly Resource?: OneOrMany;
  readonly NotResource?: OneOrMany;
  readonly Condition?: PolicyConditions;
}

export interface PolicyDocument {
  readonly Version: string;
  readonly Statement: readonly PolicyStatement[];
}

/** What the environment decides about a compilation. A value that a manifest needs and nobody gave is a problem. */
export interface CompileSettings {
  /** `aws`, `aws-cn`, `aws-us-gov`. */
  readonly partition: string;
  /** 12 digits. */
  readonly accountId?: string;
  readonly region?: string;
  /** Account and region are made up: a manifest that names others is not wrong for it. */
  readonly placeIsAssumed?: boolean;
  /** Name of the EKS cluster, which is also the path segment of its roles and part of their names. */
  readonly clusterName?: string;
  /** UID of the namespace kube-system; known to a running controller only. Absent: the tag is left out. */
  readonly clusterUid?: string;
  /** UIDs of the clusters whose place this one took, and whose roles it takes over; absent: none. */
  readonly predecessorUids?: readonly string[];
  /** Issuer of the cluster's service account tokens, with or without `https://`. */
  readonly oidcIssuer?: string;
}

export type Tags = Readonly<Record<string, string>>;

export interface DesiredRole {
  readonly name: string;
  /** Starts and ends with a slash. */
  readonly path: string;
  readonly trust: PolicyDocument;
  /** Inline policies by name. */
  readonly inline: Readonly<Record<string, PolicyDocument>>;
  /** ARNs of the managed policies to attach, sorted. */
  readonly managedPolicyArns: readonly string[];
  readonly permissionsBoundary?: string;
  readonly tags: Tags;
  /** Absent: the role has none. */
  readonly description?: string;
  readonly maxSessionSeconds: number;
}

export interface DesiredInstanceProfile {
  readonly name: string;
  readonly path: string;
  readonly tags: Tags;
}

export interface DesiredAssociation {
  readonly clusterName: string;
  readonly namespace: string;
  readonly serviceAccount: string;
  readonly tags: Tags;
}

/** The annotation eks.amazonaws.com/role-arn that IRSA wants on a service account. */
export interface DesiredServiceAccountAnnotation {
  readonly namespace: string;
  readonly serviceAccount: string;
  readonly roleArn: string;
}

/** All that one AppAccess compiles to. */
export interface DesiredAccess {
  readonly namespace: string;
  readonly name: string;
  readonly accountId: string;
  readonly clusterName: string;
  readonly roleArn: string;
  readonly role: DesiredRole;
  readonly instanceProfile?: DesiredInstanceProfile;
  /** At most one today; a list, as the command `compile` prints it. */
  readonly podIdentityAssociations: readonly DesiredAssociation[];
  readonly serviceAccountAnnotation?: DesiredServiceAccountAnnotation;
}
