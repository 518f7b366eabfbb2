import type { PolicyConditions } from './types.ts';

/** A statement on its way into the policy: members are sets, and the Sid is not chosen yet. */
export interface DraftStatement {
  readonly effect: 'Allow' | 'Deny';
  readonly actions?: readonly string[];
  readonly notActions?: readonly string[];
  readonly resources?: readonly string[];
  readonly notResources?: readonly string[];
  readonly conditions?: PolicyConditions;
  /** Where it comes from: the grant's own name when it has one; statements with a name are never joined. */
  readonly name?: string;
  /** Tells the statements of one named grant apart: `Object`, `Key`. */
  readonly part: string;
}
