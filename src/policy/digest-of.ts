import { canonicalJson } from '../base/canonical-json.ts';
import { sha256Hex } from '../base/digest.ts';
import type { DesiredAccess } from './types.ts';

/** What `desired` is recognised by: equal desired states, and only they, have equal digests. 64 hexadecimal digits. */
export function digestOf(desired: DesiredAccess): string {
  return sha256Hex(canonicalJson(desired));
}
