import type { AppAccess } from '../api/app-access.ts';
import type { RoleStatus } from '../api/status-schema.ts';
import type { ReconcileError } from '../base/errors.ts';
import type { PolicySize } from '../policy/policy-size.ts';

/** What one pass saw and did; status, events and the next wake-up are computed from it and from nothing else. */
export interface PassReport {
  /** The object as the pass's own writes left it; absent when there was none. */
  readonly written?: AppAccess;
  /** Present once the spec compiled. */
  readonly compiled?: {
    readonly digest: string;
    readonly accountId: string;
    readonly policy: PolicySize;
  };
  /** Whether the spec was found valid; `undefined` when the pass did not look. */
  readonly policyValid?: boolean;
  /** The role as it stands after the pass; `undefined` keeps what status says. */
  readonly role?: RoleStatus;
  /** Whether role and hand-over are as the spec says; `undefined` when the pass did not get so far. */
  readonly roleReady?: boolean;
  /**
   * All that the spec asks for was written in this pass, or stood already; what was left standing is of others, or came
   * since this very spec was applied.
   */
  readonly applied?: boolean;
  /** Differences that were left standing, in words; `undefined` when the pass did not look. */
  readonly drift?: readonly string[];
  /** Differences that were mended, in words. */
  readonly repaired?: readonly string[];
  /** What was carried out, in words. */
  readonly done?: readonly string[];
  /** Why the pass did not end well. */
  readonly failure?: ReconcileError;
  /**
   * The object stood as its spec says when it was last seen, and this pass could not look: nothing that was seen speaks
   * against that, so Ready stays.
   */
  readonly unseen?: boolean;
  /** For a pass that ended well. */
  readonly ready?: { readonly reason: 'Succeeded' | 'Suspended'; readonly message: string };
  /** Look again after this time although nothing is wrong. */
  readonly recheckAfterMs?: number;
  /** The pass was about deletion. */
  readonly deleting?: boolean;
}
