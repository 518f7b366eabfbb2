/** Values by placeholder: `partition`, `region`, `accountId` and the fields of the grant. */
export type Placeholders = Readonly<Record<string, string>>;

/** What one service offers to typed grants. Pure data; every action in it is checked against AWS's list by a test. */
export interface CatalogueEntry<Verb extends string = string> {
  /** IAM prefix of the service's actions. */
  readonly service: string;
  /** AWS's pages that this was made from. */
  readonly sources: readonly string[];
  /** What a user should know of it beyond the actions, a sentence or two each, for the docs. */
  readonly notes: readonly string[];
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
  /** AWS's name of the resource type; absent for actions that take no resource, which stand on `*`. */
  readonly type?: string;
  /** ARNs of the resource, see `fillTemplate`. Empty: the grant needs one of the fields in `variants` for this kind. */
  readonly arns: readonly string[];
  /** ARNs in place of those, by the first field that the grant has. Empty: the kind is left out of such a grant. */
  readonly variants?: readonly ArnVariant[];
  /** Limits what the ARN cannot. */
  readonly conditions?: readonly KindCondition[];
  /** The actions that stand on this kind, where several kinds have one type; named actions find their kind by it. */
  readonly only?: readonly string[];
}

export interface ArnVariant {
  readonly field: string;
  /** Only when the value of the field begins like this. */
  readonly startingWith?: string;
  readonly arns: readonly string[];
}

export interface KindCondition {
  /** Only in a grant that has this field; absent: always. */
  readonly field?: string;
  readonly operator: string;
  readonly key: string;
  readonly values: readonly string[];
  /** The actions that the condition can hold back; others are refused in a grant with the field. Absent: all. */
  readonly limits?: readonly string[];
}

export interface KeyCompanion<Verb extends string = string> {
  /** Name of the service in `kms:ViaService`, before the region. */
  readonly viaService: string;
  /** KMS actions that each verb needs, without the prefix. */
  readonly verbs: Readonly<Partial<Record<Verb, readonly string[]>>>;
  /** KMS actions that access by single `actions` needs: which of them it needs cannot be told. */
  readonly actions: readonly string[];
  /** The encryption context that the service always sends: every pair of it that can be told beforehand. */
  readonly contexts: readonly EncryptionContext[];
}

export interface EncryptionContext {
  readonly key: string;
  /** Patterns of the value, or the kinds of resource whose ARNs it may be. */
  readonly value: { readonly patterns: readonly string[] } | { readonly kinds: readonly string[] };
}
