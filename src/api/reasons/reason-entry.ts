import type { FailureKind } from '../../base/errors.ts';
import type { ConditionType } from '../condition-types.ts';

/** What is documented about one reason. */
export interface ReasonEntry {
  /** What is so, a clause without a full stop. */
  readonly meaning: string;
  /** What to do about it, likewise; says when nothing is to be done. */
  readonly remedy: string;
  readonly actor: Actor;
  /** Types of conditions that it can stand on; empty: none, it is in events or in the log only. */
  readonly conditions: readonly ConditionType[];
  /** How a pass that fails for it goes on; empty: it is no failure. */
  readonly failure: readonly FailureKind[];
  /** Type of the event that tells it, for reasons that are told by one. */
  readonly event?: 'Normal' | 'Warning';
}

/** Who has to act before it gets better. */
export type Actor = 'app developer' | 'platform operator' | 'nobody';

/** Conditions of a failure that ends or comes before the work on the role. */
export const STALLED = ['Ready', 'Stalled'] as const;
export const RETRIED = ['Ready'] as const;
/** Conditions of a failure in the midst of that work. */
export const ROLE_STALLED = ['Ready', 'Stalled', 'RoleReady'] as const;
export const ROLE_RETRIED = ['Ready', 'RoleReady'] as const;
/** Those, where the role stood when it was last seen: `Drifted` then says that nobody knows. */
export const UNSEEN_STALLED = ['Ready', 'Stalled', 'RoleReady', 'Drifted'] as const;
