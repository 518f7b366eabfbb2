import { type ReasonFor, ReconcileError, TerminalError, TransientError, WaitingError } from '../base/errors.ts';
import { awsErrorCode } from './error-code.ts';
import { type AwsService, isBug, toServiceFault } from './service-fault.ts';

/** What was asked of AWS, for messages and metrics. */
export interface AwsCall {
  readonly service: AwsService;
  /** As in an IAM policy, without the service: `CreateRole`. */
  readonly action: string;
  /** The object of the call in words: `role billing-uploader`. */
  readonly target: string;
  readonly write: boolean;
}

/**
 * The error that says what happens to the key next, by the error's class or code and never by its text. An error that is
 * none of AWS, of the network or of the credentials is a bug in this program and comes back as it is.
 * `fromService` tells whether the called service itself sent the error; what other services sent (STS) is about credentials.
 * Source of the codes: https://docs.aws.amazon.com/IAM/latest/APIReference/CommonErrors.html and the service models.
 */
export function toReconcileError(error: unknown, call: AwsCall, fromService: boolean): Error {
  if (error instanceof ReconcileError) return error;
  const fault = toServiceFault(error, call.service, fromService);
  if (fault !== undefined) return fault;
  const code = awsErrorCode(error);
  const failed = `${call.service}:${call.action} for ${call.target}`;
  const said = error instanceof Error && error.message !== '' ? error.message : code;

  if (code === 'AccessDenied') return accessDenied(call, failed, said, error);
  const terminal = TERMINAL_REASONS.get(code);
  if (terminal !== undefined) {
    return new TerminalError(
      terminal.reason,
      `AWS refused ${failed}: ${withoutFullStop(said)}; ${terminal.remedy}`,
      error,
    );
  }
  const transient = TRANSIENT_REASONS.get(code);
  if (transient !== undefined) return new TransientError(transient, `AWS did not accept ${failed} yet: ${said}`, error);
  if (isBug(error)) return error;
  return new TransientError('AwsRefused', `AWS refused ${failed} with ${code}: ${said}`, error);
}

/** A key that waits for a permission by itself is looked at again after this time. */
const SLOW_RETRY_MS = 60_000;

interface Refusal {
  readonly reason: ReasonFor<'Terminal'>;
  readonly remedy: string;
}

const TERMINAL_REASONS: ReadonlyMap<string, Refusal> = new Map<string, Refusal>([
  ['LimitExceeded', quota()],
  ['ResourceLimitExceeded', quota()],
  ['ServiceQuotaExceeded', quota()],
  ['MalformedPolicyDocument', { reason: 'PolicyRefused', remedy: 'change the grants that this document comes from' }],
  ['PolicyNotAttachable', { reason: 'PolicyRefused', remedy: 'name another policy' }],
  ['ValidationError', invalid()],
  ['Validation', invalid()],
  ['InvalidInput', invalid()],
  ['InvalidParameter', invalid()],
  ['InvalidParameterValue', invalid()],
  ['InvalidRequest', invalid()],
]);

const TRANSIENT_REASONS: ReadonlyMap<string, ReasonFor<'Transient'>> = new Map([
  ['ConcurrentModification', 'ConcurrentChange'],
  ['EntityTemporarilyUnmodifiable', 'ConcurrentChange'],
  ['EntityAlreadyExists', 'ConcurrentChange'],
  ['ResourceInUse', 'ConcurrentChange'],
  ['DeleteConflict', 'DeleteConflict'],
  ['NoSuchEntity', 'RoleNotVisible'],
]);

function quota(): Refusal {
  return {
    reason: 'QuotaExceeded',
    remedy: 'make it smaller, free what is no longer used, or ask AWS to raise the quota',
  };
}

function invalid(): Refusal {
  return { reason: 'InvalidRequest', remedy: 'correct the field that this value comes from' };
}

function accessDenied(
  { service, action, target }: AwsCall,
  failed: string,
  said: string,
  cause: unknown,
): WaitingError {
  const needed = [`${service}:${action}`, ...(COMPANION_ACTIONS.get(action) ?? [])].join(' and ');
  return new WaitingError(
    'AccessDenied',
    `AWS denied ${failed}: ${withoutFullStop(withoutSession(said))}; allow ${needed} for ${target} in the IAM policy of the role ` +
      `that the controller runs as, and see that no boundary or organisation policy denies it`,
    SLOW_RETRY_MS,
    cause,
    { name: `${service}:${action} denied` },
  );
}

/** AWS names the caller by its session, which is another one after each renewal of the credentials. */
function withoutSession(said: string): string {
  return said.replace(/(:assumed-role\/[^/\s]+)\/\S+/g, '$1');
}

/** What AWS also asks of the caller of an action. Source: the Service Authorization Reference, dependent actions. */
const COMPANION_ACTIONS: ReadonlyMap<string, readonly string[]> = new Map([
  ['CreateRole', ['iam:TagRole']],
  ['CreateInstanceProfile', ['iam:TagInstanceProfile']],
  ['AddRoleToInstanceProfile', ['iam:PassRole']],
  ['CreatePodIdentityAssociation', ['eks:TagResource', 'iam:GetRole', 'iam:PassRole']],
  ['UpdatePodIdentityAssociation', ['iam:GetRole', 'iam:PassRole']],
]);

/** `text` without a full stop at its end, to go on after it. */
export function withoutFullStop(text: string): string {
  return text.replace(/\.\s*$/, '');
}
