import type { FailureReason } from '../../base/errors.ts';
import { AWS_REASONS } from './aws-reasons.ts';
import { CONTROLLER_REASONS } from './controller-reasons.ts';
import { MANIFEST_REASONS } from './manifest-reasons.ts';
import { OUTCOME_REASONS } from './outcome-reasons.ts';
import type { ReasonEntry } from './reason-entry.ts';

/**
 * Every reason that this program gives, in conditions, events and the log: docs/conditions.md is generated from it, the
 * error classes take no other, and a test makes each of them arise.
 */
export const REASONS = {
  ...OUTCOME_REASONS,
  ...MANIFEST_REASONS,
  ...AWS_REASONS,
  ...CONTROLLER_REASONS,
} as const satisfies Record<string, ReasonEntry>;

type Reasons = typeof REASONS;
type FailureKinds = { readonly [Name in keyof Reasons]: Reasons[Name]['failure'][number] };

declare module '../../base/errors.ts' {
  interface ReasonRegister extends FailureKinds {}
}

/** Reasons that can stand on a condition of `Type`. */
export type ReasonOn<Type extends string> = {
  [Name in keyof Reasons]: Type extends Reasons[Name]['conditions'][number] ? Name : never;
}[keyof Reasons];

/** Reasons that an event can have. */
export type EventReason = {
  [Name in keyof Reasons]: Reasons[Name] extends { readonly event: string } ? Name : never;
}[keyof Reasons];

/** Whether a failure for `reason` is told on the object; what is not shows in the log alone. */
export function isTold(reason: FailureReason): reason is FailureReason & ReasonOn<'Ready'> {
  return REASONS[reason].conditions.length > 0;
}
