import { canonicalJson } from '../base/canonical-json.ts';
import { normalisePolicy } from './normalise-policy.ts';
import type { PolicyDocument } from './types.ts';

/** Whether two documents mean the same. A text that was no JSON equals nothing but itself. */
export function samePolicy(a: PolicyDocument | string, b: PolicyDocument | string): boolean {
  if (typeof a === 'string' || typeof b === 'string') return a === b;
  return canonicalJson(normalisePolicy(a)) === canonicalJson(normalisePolicy(b));
}
