import type { PolicyDocument, Tags } from '../policy/types.ts';

/** A role as IAM returned it; documents parsed, or their raw text where it is no JSON. */
export interface ObservedRole {
  readonly name: string;
  readonly path: string;
  readonly arn: string;
  /** `AROA…`, never used twice. */
  readonly id: string;
  readonly trust: PolicyDocument | string;
  readonly tags: Tags;
  readonly description?: string;
  readonly maxSessionSeconds: number;
  readonly permissionsBoundary?: string;
}

/** What hangs on a role. */
export interface ObservedPolicies {
  /** Inline policies by name. */
  readonly inline: Readonly<Record<string, PolicyDocument | string>>;
  /** ARNs of the managed policies attached. */
  readonly attached: readonly string[];
  /** What those of them say that the spec does not name, by ARN. AWS's own are known by name and not read. */
  readonly attachedDocuments?: Readonly<Record<string, PolicyDocument | string>>;
  /** Those that the controller was not allowed to read, by ARN, with what AWS said and what to do. */
  readonly unreadable?: Readonly<Record<string, string>>;
}

export interface ObservedInstanceProfile {
  readonly name: string;
  readonly path: string;
  readonly arn: string;
  readonly tags: Tags;
  /** Names of the roles in it, at most one. */
  readonly roleNames: readonly string[];
}

export interface ObservedAssociation {
  readonly id: string;
  readonly arn: string;
  readonly clusterName: string;
  readonly namespace: string;
  readonly serviceAccount: string;
  readonly roleArn: string;
  readonly tags: Tags;
  /** Set when an EKS add-on made it. */
  readonly ownerArn?: string;
}

/** A service account as far as IRSA is concerned. */
export interface ObservedServiceAccount {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  /** Value of eks.amazonaws.com/role-arn. */
  readonly roleArn?: string;
  /** Whether this controller's field manager owns the annotation. */
  readonly annotatedByUs: boolean;
}

/** Another AppAccess that claims something that this one wants as well. */
export interface Rival {
  readonly namespace: string;
  readonly name: string;
  /** Of the role that it has or would have. */
  readonly roleArn: string;
  /** What both claim; never empty. */
  readonly claims: readonly ('RoleName' | 'ServiceAccount')[];
  /** It is the holder while nobody owns the thing in AWS: it wants it still, stays, and is the older one. */
  readonly goesFirst: boolean;
}

/** All that one decision needs to know of the world, gathered before it is made. */
export interface Observation {
  /** `undefined`: no role of that name exists, or none is assumed to exist because none was ever made. */
  readonly role: (ObservedRole & ObservedPolicies) | undefined;
  readonly instanceProfile: ObservedInstanceProfile | undefined;
  /** Associations of the service accounts that the subject names now, or named before by status or by the role's trust. */
  readonly associations: readonly ObservedAssociation[];
  /** The service accounts likewise, those that exist. */
  readonly serviceAccounts: readonly ObservedServiceAccount[];
  readonly rivals: readonly Rival[];
}

/** The world in which nothing of ours exists. */
export const NOTHING_OBSERVED: Observation = {
  role: undefined,
  instanceProfile: undefined,
  associations: [],
  serviceAccounts: [],
  rivals: [],
};
