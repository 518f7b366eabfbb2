/** A condition of an AppAccess as docs/conditions.md explains it. */
export interface ConditionTypeEntry {
  /** What True says. */
  readonly whenTrue: string;
  /** What False says; absent: the condition is there only while it is True. */
  readonly whenFalse?: string;
  /** What Unknown says; absent: it never is. */
  readonly whenUnknown?: string;
}

/** The types of conditions, in the order in which they stand on the object. */
export const CONDITION_TYPES = {
  Ready: {
    whenTrue:
      'every write of this generation was accepted by AWS and nothing that was seen contradicts it; the message says what the deployment of the workload must still do',
    whenFalse: 'reason and message say why, and who must do what',
  },
  Reconciling: {
    whenTrue: 'the controller is still at it, and may get there by itself: it tries again',
  },
  Stalled: {
    whenTrue:
      'trying again does not help: somebody must act. The controller looks again when the object changes, and at the resync',
  },
  PolicyValid: {
    whenTrue: 'the spec compiles to IAM policies within their limits; the message says so when they come near them',
    whenFalse: 'the spec does not compile; the message lists each field with its remedy, and nothing changes in AWS',
  },
  RoleReady: {
    whenTrue: 'role, policies, tags and hand-over are as the spec says',
    whenFalse: 'they are not, or not surely; reason and message are those of Ready',
  },
  Drifted: {
    whenTrue:
      'the role differs from what was last applied and is left so, because spec.drift says Report; the message and status.drift say how',
    whenUnknown:
      'the role stood as it was applied, and AWS cannot be read now; somebody must do what the message says before drift can be seen again',
  },
} as const satisfies Record<string, ConditionTypeEntry>;

export type ConditionType = keyof typeof CONDITION_TYPES;
