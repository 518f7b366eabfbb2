import { type ReasonEntry, ROLE_RETRIED, STALLED } from './reason-entry.ts';

/** What stands between the controller and Kubernetes, and what it says of itself. */
export const CONTROLLER_REASONS = {
  ReadOnly: {
    meaning: 'the controller runs with --read-only and there is something to do',
    remedy: 'the message lists what; start the controller without --read-only to have it done',
    actor: 'platform operator',
    conditions: STALLED,
    failure: ['Terminal'],
    event: 'Warning',
  },
  KubernetesUnreachable: {
    meaning: 'the Kubernetes API did not answer a request of the controller',
    remedy: 'none if it passes: it is tried again. If it stays: check the way from the controller to the API server',
    actor: 'platform operator',
    conditions: ROLE_RETRIED,
    failure: ['Transient'],
    event: 'Warning',
  },
  KubernetesRefused: {
    meaning: 'the Kubernetes API refuses a request of the controller',
    remedy: 'the message has its words; where it says forbidden, install the RBAC rules of this version',
    actor: 'platform operator',
    conditions: ROLE_RETRIED,
    failure: ['Transient'],
    event: 'Warning',
  },
  InternalError: {
    meaning: 'a bug of the controller',
    remedy: 'report it, with the stack from the log',
    actor: 'platform operator',
    conditions: ['Ready'],
    failure: ['Transient'],
    event: 'Warning',
  },
  Conflict: {
    meaning: 'the object changed while it was worked on; what the pass saw is out of date',
    remedy: 'none: the next pass sees the change',
    actor: 'nobody',
    conditions: [],
    failure: ['Transient'],
  },
  Interrupted: {
    meaning: 'a call to AWS was cut off, because the pass took too long or the controller stops',
    remedy: 'none: it is tried again',
    actor: 'nobody',
    conditions: [],
    failure: ['Transient'],
  },
  ReconcileTimeout: {
    meaning: 'a pass took longer than two minutes',
    remedy: 'none if it passes: it is tried again. If it stays: see what AWS or Kubernetes does not answer',
    actor: 'platform operator',
    conditions: [],
    failure: ['Transient'],
  },
  ShuttingDown: {
    meaning: 'the controller stops in the middle of a pass',
    remedy: 'none: the next one goes on',
    actor: 'nobody',
    conditions: [],
    failure: ['Transient'],
  },
  KubeconfigMissing: {
    meaning: 'the controller or a command finds no cluster to connect to',
    remedy: 'give --kubeconfig, set KUBECONFIG, or run in a pod with a service account',
    actor: 'platform operator',
    conditions: [],
    failure: ['Terminal'],
  },
  KubeconfigInvalid: {
    meaning: 'the kubeconfig gives no connection',
    remedy: 'the message names the file and the fault',
    actor: 'platform operator',
    conditions: [],
    failure: ['Terminal'],
  },
} as const satisfies Record<string, ReasonEntry>;
