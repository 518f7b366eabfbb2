import { type ReasonFor, ReconcileError, TerminalError, TransientError, WaitingError } from '../base/errors.ts';
import { awsErrorCode, httpStatus, isThrottled } from './error-code.ts';

/** What was asked of AWS, for messages and metrics. */
export interface AwsCall {
  readonly service: 'iam' | 'eks';
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
  const code = awsErrorCode(error);
  const failed = `${call.service}:${call.action} for ${call.target}`;
  const said = error instanceof Error && error.message !== '' ? error.message : code;

  if (CREDENTIAL_CODES.has(code) || (isServiceError(error) && !fromService)) return noCredentials(failed, said, error);
  if (isThrottled(error)) {
    return new TransientError('Throttled', `AWS throttled ${failed}; it is sent again more slowly`, error);
  }
  if (code === 'AccessDenied') return accessDenied(call, failed, said, error);
  const terminal = TERMINAL_REASONS.get(code);
  if (terminal !== undefined) {
    return new TerminalError(terminal.reason, `AWS refused ${failed}: ${sentence(said)}; ${terminal.remedy}`, error);
  }
  const transient = TRANSIENT_REASONS.get(code);
  if (transient !== undefined) return new TransientError(transient, `AWS did not accept ${failed} yet: ${said}`, error);
  if (isBug(error)) return error;
  const status = httpStatus(error);
  if (status !== undefined && status >= 400 && status < 500) {
    return new TransientError('AwsRefused', `AWS refused ${failed} with ${code}: ${said}`, error);
  }
  return new TransientError('AwsUnavailable', `${failed} got no usable answer from AWS: ${said}`, error);
}

/** A key that waits for credentials or permissions is looked at again after this time. */
const SLOW_RETRY_MS = 60_000;

/** Both spellings of services, and what the SDK itself throws when its chain finds nothing. */
const CREDENTIAL_CODES: ReadonlySet<string> = new Set([
  'CredentialsProviderError',
  'TokenProviderError',
  'ExpiredToken',
  'InvalidClientTokenId',
  'UnrecognizedClient',
  'SignatureDoesNotMatch',
  'InvalidSignature',
  'IncompleteSignature',
  'MissingAuthenticationToken',
  'RequestExpired',
  'AuthFailure',
  'OptInRequired',
]);

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

function noCredentials(failed: string, said: string, cause: unknown): WaitingError {
  const sources = 'EKS Pod Identity, IRSA, an instance profile, or AWS_PROFILE or AWS_ACCESS_KEY_ID in its environment';
  return new WaitingError(
    'NoCredentials',
    `${failed} has no valid AWS credentials: ${sentence(said)}; give the controller credentials by ${sources}`,
    SLOW_RETRY_MS,
    cause,
  );
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
    `AWS denied ${failed}: ${sentence(said)}; allow ${needed} for ${target} in the IAM policy of the role ` +
      `that the controller runs as, and see that no boundary or organisation policy denies it`,
    SLOW_RETRY_MS,
    cause,
  );
}

/** What AWS also asks of the caller of an action. Source: the Service Authorization Reference, dependent actions. */
const COMPANION_ACTIONS: ReadonlyMap<string, readonly string[]> = new Map([
  ['CreateRole', ['iam:TagRole']],
  ['CreateInstanceProfile', ['iam:TagInstanceProfile']],
  ['AddRoleToInstanceProfile', ['iam:PassRole']],
  ['CreatePodIdentityAssociation', ['eks:TagResource', 'iam:GetRole', 'iam:PassRole']],
  ['UpdatePodIdentityAssociation', ['iam:GetRole', 'iam:PassRole']],
]);

function isServiceError(error: unknown): boolean {
  return error instanceof Error && '$fault' in error;
}

/** Mistakes of this program look like these; an answer that cannot be read carries `$response` or is a SyntaxError. */
function isBug(error: unknown): error is Error {
  if (!(error instanceof TypeError || error instanceof ReferenceError || error instanceof RangeError)) return false;
  return !('$response' in error);
}

/** `text` without a full stop at its end, to go on after it. */
function sentence(text: string): string {
  return text.replace(/\.\s*$/, '');
}
