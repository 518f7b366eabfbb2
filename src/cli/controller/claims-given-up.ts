import type { AppAccess } from '../../api/app-access.ts';
import { claimsOf } from '../../plan/claims.ts';
import type { CompileSettings } from '../../policy/types.ts';
import type { StoreChange } from '../../runtime/store.ts';

/** What other objects may have from now on: all that one claimed that went or is going, or what its update let go of. */
export function claimsGivenUp(change: StoreChange<AppAccess>, settings: CompileSettings): readonly string[] {
  if (change.kind === 'Added') return [];
  const before = claimsOf(change.old, settings);
  if (change.kind === 'Deleted') return before;
  const { old, object } = change;
  if (old.metadata.deletionTimestamp !== object.metadata.deletionTimestamp) return before;
  const after = claimsOf(object, settings);
  return before.filter((claim) => !after.includes(claim));
}
