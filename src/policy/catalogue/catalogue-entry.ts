/** Values by placeholder: `partition`, `region`, `accountId` and the fields of the grant. */
export type Placeholders = Readonly<Record<string, string>>;

/** What one service offers to typed grants. Pure data; every action in it is checked against AWS's list by a test. */
export interface CatalogueEntry<Verb extends string = string> {
  /** IAM prefix of the service's actions. */
  readonly service: string;
  /** AWS's pages that this was made from. */
  readonly sources: readonly string[];
  /** Field of the grant that names the resource. */
  readonly resourceField: string;
  /** Kinds of resource by our name for them. */
  readonly kinds: Readonly<Record<string, ResourceKind>>;
  /** Actions behind each verb, without the prefix, by kind of resource. */
  readonly verbs: Readonly<Record<Verb, Readonly<Record<string, readonly string[]>>>>;
  /** What an encrypted resource needs on its key. */
  readonly companion?: KeyCompanion<Verb>;
}

export interface ResourceKind {
  /** AWS's name of the resource type. */
  readonly type: string;
  /** ARNs of the resource, with placeholders in braces. */
  readonly arns: readonly string[];
  /** Limits what the ARN cannot, for a grant with that field; actions outside of `actions` are then refused. */
  readonly limit?: {
    readonly field: string;
    readonly actions: readonly string[];
    readonly condition: { readonly operator: string; readonly key: string; readonly values: readonly string[] };
  };
}

export interface KeyCompanion<Verb extends string = string> {
  /** Name of the service in `kms:ViaService`, before the region. */
  readonly viaService: string;
  /** KMS actions that each verb needs, without the prefix. */
  readonly verbs: Readonly<Partial<Record<Verb, readonly string[]>>>;
  /** KMS actions that access by single `actions` needs: which of them it needs cannot be told. */
  readonly actions: readonly string[];
  /** The encryption context that the service always sends: every pair of it, with patterns of the value. */
  readonly contexts?: readonly { readonly key: string; readonly values: readonly string[] }[];
}
