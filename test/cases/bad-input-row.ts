/** An input that is refused, by whom, and what is said about it. One row feeds tests and docs/bad-input.md. */
export interface BadInput {
  /** What is wrong, as the docs list it. */
  readonly title: string;
  /**
   * The first that refuses it. `CRD`: the API server, and `appaccess lint` in the same words. `lint`: whoever reads the
   * file, before there is an object. `compile`: the policy compiler, so `lint` and `compile` and, in a cluster, a
   * condition. `condition`: only the world can tell.
   */
  readonly refusedBy: 'CRD' | 'lint' | 'compile' | 'condition';
  /** YAML of the fields of `spec` that differ from the valid manifest of bad-input.ts; or `document`, the whole file. */
  readonly spec?: string;
  readonly document?: string;
  /** For an update: the fields of `spec` before it. */
  readonly was?: string;
  /** What the world looks like, for a condition. */
  readonly given?: string;
  /** The field, as kubectl writes it; empty for the whole document. */
  readonly path: string;
  /** Part of what is said, the remedy in it. */
  readonly message: string;
  /** Part of what the API server says, where these are words of its own: unknown fields, types, bounds. */
  readonly serverMessage?: string;
  /** The field as the API server writes it, where that differs: it puts a dot before the key of a map. */
  readonly serverPath?: string;
  /** Reason of the condition in the cluster, where the spec alone does not decide. */
  readonly reason?: string;
}
