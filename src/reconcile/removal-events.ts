import { canonicalJson } from '../base/canonical-json.ts';
import { sha256Hex } from '../base/digest.ts';
import type { Action } from '../plan/actions.ts';
import type { ObservedPolicies } from '../plan/observation.ts';
import { includesArn } from '../plan/surplus-policies.ts';
import { INLINE_POLICY_NAME } from '../policy/inline-policy.ts';
import type { PassEvent } from './ports.ts';

/**
 * One event for each policy that `actions` take off a role and that is not ours, by name or by `knownArns`: its name and,
 * for an inline policy, the digest of what it said in `policies`. Recorded before the actions run, for afterwards nobody
 * can look.
 */
export function removalEvents(
  actions: readonly Action[],
  policies: ObservedPolicies | undefined,
  knownArns: readonly string[],
  during: 'Repair' | 'Delete',
): readonly PassEvent[] {
  return actions.flatMap((action) => {
    if (action.kind === 'DetachManagedPolicy' && includesArn(knownArns, action.policyArn)) return [];
    const note = removalNote(action, policies);
    return note === undefined ? [] : [{ type: 'Warning', reason: 'PolicyRemoved', action: during, note } as const];
  });
}

function removalNote(action: Action, policies: ObservedPolicies | undefined): string | undefined {
  if (action.kind === 'DetachManagedPolicy') {
    return `detaching managed policy ${action.policyArn} from role ${action.roleName}`;
  }
  if (action.kind !== 'DeleteInlinePolicy' || action.policyName === INLINE_POLICY_NAME) return undefined;
  const document = policies?.inline[action.policyName];
  const digest = document === undefined ? 'unknown' : digestOf(document);
  return `deleting inline policy ${action.policyName} of role ${action.roleName}; SHA-256 of its document in canonical JSON: ${digest}`;
}

function digestOf(document: ObservedPolicies['inline'][string]): string {
  return sha256Hex(typeof document === 'string' ? document : canonicalJson(document));
}
