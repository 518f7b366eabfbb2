import type { PassContext } from '../base/pass-context.ts';
import type { Priority } from './priority.ts';
import type { SharedWait } from './shared-waits.ts';

/**
 * One pass for one key, as the function that carries it out gets it. Its log puts `namespace`, `name` and `reconcileID`
 * on every line; the id is the pass's own.
 */
export interface Pass extends PassContext {
  /** `namespace/name`, or the bare name of an object of the cluster. */
  readonly key: string;
  /** Rises when somebody asks for the key while the pass runs. */
  priority(): Priority;
  /** The pass's own: aborts at the time limit and when a stop runs out of patience. */
  readonly signal: AbortSignal;
}

/** Carries a pass out. An expected failure is a `Retry` or `Terminal`; what it throws is taken for a bug. */
export type Reconcile = (pass: Pass) => Promise<ReconcileResult>;

/**
 * What becomes of the key: nothing, a pass after a time without back-off, a pass after back-off, or a wait together with
 * all other keys that wait for the same thing. `Terminal` is a failure that no retry mends: nothing, or a look after a time.
 */
export type ReconcileResult =
  | { readonly kind: 'Done' }
  | { readonly kind: 'Terminal'; readonly error: unknown; readonly recheckAfterMs?: number }
  | { readonly kind: 'RequeueAfter'; readonly afterMs: number }
  /**
   * `isBug`: the pass met a fault of the program and reported it itself. `isRoutine`: everyday traffic, as an object that
   * changed meanwhile, which is worth a line only when it does not pass.
   */
  | { readonly kind: 'Retry'; readonly error: unknown; readonly isBug?: boolean; readonly isRoutine?: boolean }
  | SharedWait;
