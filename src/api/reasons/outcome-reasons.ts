import type { ReasonEntry } from './reason-entry.ts';

/** What went well or goes on. */
export const OUTCOME_REASONS = {
  Succeeded: {
    meaning: 'every write of this generation was accepted; as an event: after a failure',
    remedy: 'for Lambda and EC2 the message says who must still name the role',
    actor: 'nobody',
    conditions: ['Ready'],
    failure: [],
    event: 'Normal',
  },
  Compiled: {
    meaning: 'the spec compiles to IAM policies within their limits',
    remedy: 'none',
    actor: 'nobody',
    conditions: ['PolicyValid'],
    failure: [],
  },
  NearQuota: {
    meaning: 'the spec compiles, and takes 80 % or more of what IAM allows one role; the message gives the sizes',
    remedy: 'split the grants over several AppAccess objects before the limit is reached',
    actor: 'app developer',
    conditions: ['PolicyValid'],
    failure: [],
    event: 'Warning',
  },
  Applied: {
    meaning: 'role, policies, tags and hand-over are as the spec says; as an event: what was written',
    remedy: 'none',
    actor: 'nobody',
    conditions: ['RoleReady'],
    failure: [],
    event: 'Normal',
  },
  DriftRepaired: {
    meaning: 'somebody had changed in AWS what the note lists, and it was set right again',
    remedy: 'see in CloudTrail who does it; spec.drift set to Report leaves such changes standing',
    actor: 'app developer',
    conditions: [],
    failure: [],
    event: 'Warning',
  },
  PolicyRemoved: {
    meaning: 'a policy that somebody else put on the role is about to be taken off; the note names it, with a digest',
    remedy: 'see in CloudTrail who put it there; spec.drift.unmanaged set to Report leaves such policies standing',
    actor: 'app developer',
    conditions: [],
    failure: [],
    event: 'Warning',
  },
  ProgressingWithRetry: {
    meaning: 'the last pass failed, for the reason on Ready, and is tried again',
    remedy: 'that of the reason on Ready',
    actor: 'nobody',
    conditions: ['Reconciling'],
    failure: [],
  },
  DeletionBlocked: {
    meaning: 'the object is being deleted and that does not get on, for the reason on Ready',
    remedy:
      'that of the reason on Ready; or set spec.deletionPolicy to Retain, which lets the object go and leaves AWS as it is',
    actor: 'app developer',
    conditions: ['Reconciling', 'Stalled'],
    failure: [],
  },
  Deleted: {
    meaning: 'the object is being deleted, and what the note lists is deleted in AWS',
    remedy: 'none',
    actor: 'nobody',
    conditions: [],
    failure: [],
    event: 'Normal',
  },
  Retained: {
    meaning: 'the object is gone and its role stays, because spec.deletionPolicy says Retain',
    remedy: 'none; an AppAccess of the same namespace and name takes the role back',
    actor: 'nobody',
    conditions: [],
    failure: [],
    event: 'Normal',
  },
} as const satisfies Record<string, ReasonEntry>;
