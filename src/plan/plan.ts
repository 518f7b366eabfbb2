import type { Action } from './actions.ts';

/** The decision of one pass. */
export type Plan = ReadyPlan | RefusedPlan;

export interface ReadyPlan {
  readonly kind: 'Ready';
  /** In the order in which they must run. Empty when in sync, or when all differences are only to be reported. */
  readonly actions: readonly Action[];
  /**
   * Differences that are left standing because the spec says Report, or because they may be what a responder did, as the
   * actions that would mend them.
   */
  readonly reported: readonly Action[];
  /** What a person must do before all is as the spec says; the actions may run meanwhile. */
  readonly waiting: readonly Waiting[];
}

/** Nothing may be written: what is there belongs to somebody else. */
export interface RefusedPlan {
  readonly kind: 'Refused';
  readonly reason: RefusalReason;
  readonly message: string;
}

export type RefusalReason =
  | 'RoleNotOwned'
  | 'RoleNameTaken'
  | 'RoleReplaced'
  | 'InstanceProfileNotOwned'
  | 'SubjectTaken';

export interface Waiting {
  readonly reason: 'ServiceAccountNotFound' | 'ServiceAccountAnnotated' | 'AccessDenied';
  readonly message: string;
}

/** Settings of the role that we made ourselves. */
export interface KnownSettings {
  readonly permissionsBoundary: string | undefined;
  /** Of the tags that the spec asked for. */
  readonly tagKeys: readonly string[];
  /** Of the managed policies that the spec asked for. */
  readonly policyArns: readonly string[];
}

/** What the plan must respect besides the two states. */
export interface PlanRules {
  readonly drift: { readonly mode: 'Repair' | 'Report'; readonly unmanaged: 'Remove' | 'Report' };
  /** Whether `desired` is what was last applied whole; then every difference is drift. */
  readonly alreadyApplied: boolean;
  /** Id of the role made for this object, from its status. */
  readonly knownRoleId: string | undefined;
  /** UIDs of the clusters whose things this one takes over. */
  readonly predecessorUids: readonly string[];
  /** Name of the service account that was last given the role, from status. */
  readonly heldAccount: string | undefined;
  /** What of the role's settings was last applied, from status: what somebody else put there is not ours to take off. */
  readonly known: KnownSettings;
}
