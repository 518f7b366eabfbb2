import type { Action } from './actions.ts';

/** The decision of one pass. */
export type Plan = ReadyPlan | RefusedPlan;

export interface ReadyPlan {
  readonly kind: 'Ready';
  /** In the order in which they must run. Empty when in sync, or when all differences are only to be reported. */
  readonly actions: readonly Action[];
  /** Differences that are left standing because the spec says Report, as the actions that would mend them. */
  readonly reported: readonly Action[];
  /** What a person must do before the subject has the role; the actions may run meanwhile. */
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
  readonly reason: 'ServiceAccountNotFound' | 'ServiceAccountAnnotated';
  readonly message: string;
}

/** What the plan must respect besides the two states. */
export interface PlanRules {
  readonly drift: { readonly mode: 'Repair' | 'Report'; readonly unmanaged: 'Remove' | 'Report' };
  /** Whether `desired` is what was last applied whole; then every difference is drift. */
  readonly alreadyApplied: boolean;
  /** Id of the role made for this object, from its status. */
  readonly knownRoleId: string | undefined;
  /** Permissions boundary last applied, from status: one put there by somebody else is left alone. */
  readonly knownBoundary: string | undefined;
  /** Managed policies last attached for this object, from status: others on the role are somebody else's. */
  readonly knownPolicyArns: readonly string[];
}
