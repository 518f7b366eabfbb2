/** A role as IAM keeps it. Times are milliseconds since the epoch. */
export interface StoredRole {
  readonly name: string;
  readonly path: string;
  readonly id: string;
  readonly arn: string;
  readonly createdMs: number;
  /** On the monotonic clock: reads from this moment on see the role. */
  readonly visibleFromMs: number;
  description: string | undefined;
  maxSessionSeconds: number;
  /** JSON text; principals of this account that are roles stand in it as their unique ids. */
  trustDocument: string;
  boundaryArn: string | undefined;
  tags: readonly Tag[];
  /** Documents as they were sent, by lower-cased policy name. */
  readonly inlinePolicies: Map<string, { readonly name: string; readonly document: string }>;
  readonly attachedPolicyArns: Set<string>;
}

export interface StoredInstanceProfile {
  readonly name: string;
  readonly path: string;
  readonly id: string;
  readonly arn: string;
  readonly createdMs: number;
  readonly visibleFromMs: number;
  tags: readonly Tag[];
  /** The one role that it may hold. */
  role: StoredRole | undefined;
}

export interface Tag {
  readonly key: string;
  readonly value: string;
}

interface Named {
  readonly name: string;
}

/**
 * Objects by name. Names are unique across paths and without regard to case, and keep the case they were given.
 * Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html#reference_iam-quotas-names
 */
export class NameTable<T extends Named> {
  readonly #rows = new Map<string, T>();

  get size(): number {
    return this.#rows.size;
  }

  get(name: string): T | undefined {
    return this.#rows.get(name.toLowerCase());
  }

  put(row: T): void {
    this.#rows.set(row.name.toLowerCase(), row);
  }

  delete(name: string): void {
    this.#rows.delete(name.toLowerCase());
  }

  /** All rows, in the order of their lower-cased names. */
  list(): T[] {
    return [...this.#rows.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row);
  }
}

/** The whole IAM state of the embedded account. */
export interface IamStore {
  readonly roles: NameTable<StoredRole>;
  readonly instanceProfiles: NameTable<StoredInstanceProfile>;
  /** Managed policies that exist and can be attached or set as boundary, by ARN. */
  readonly managedPolicies: Map<string, StoredPolicy>;
}

export interface StoredPolicy {
  readonly name: string;
  readonly path: string;
  readonly id: string;
  readonly arn: string;
  readonly createdMs: number;
  readonly description: string | undefined;
  /** Of the one version, as it was sent; absent for AWS's own policies, which exist here by name alone. */
  readonly document?: string;
}
