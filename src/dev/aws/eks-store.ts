/** A Pod Identity association as EKS keeps it. Times are milliseconds since the epoch. */
export interface StoredAssociation {
  readonly clusterName: string;
  readonly namespace: string;
  readonly serviceAccount: string;
  readonly id: string;
  readonly arn: string;
  readonly createdMs: number;
  /** The token it was created with: the same request sent again is answered with this association. */
  readonly clientRequestToken: string | undefined;
  tags: Readonly<Record<string, string>>;
  roleArn: string;
  disableSessionTags: boolean;
  modifiedMs: number;
}

/** The EKS state of the embedded account. */
export interface EksStore {
  readonly clusters: readonly string[];
  /** By id. */
  readonly associations: Map<string, StoredAssociation>;
}
