import { ReconcileError } from '../base/errors.ts';

/**
 * Code of an error from the AWS SDK without the suffix `Exception`: IAM sends `NoSuchEntity` and the SDK calls it
 * `NoSuchEntityException`, EKS has the suffix on the wire. `Unknown` for what is no error at all.
 */
export function awsErrorCode(error: unknown): string {
  if (!(error instanceof Error)) return 'Unknown';
  return error.name.replace(/Exception$/, '');
}

/**
 * Whether AWS refused the request because there were too many. IAM's `LimitExceeded` is a quota and not meant here.
 * Source: https://docs.aws.amazon.com/IAM/latest/APIReference/CommonErrors.html and the SDK's own list.
 */
export function isThrottled(error: unknown): boolean {
  return THROTTLING_CODES.has(awsErrorCode(error)) || httpStatus(error) === 429;
}

const THROTTLING_CODES: ReadonlySet<string> = new Set([
  'Throttling',
  'Throttled',
  'RequestThrottled',
  'RequestLimitExceeded',
  'TooManyRequests',
  'SlowDown',
]);

/** HTTP status of the answer that the SDK made `error` from; `undefined` when there was no answer. */
export function httpStatus(error: unknown): number | undefined {
  return sdkMetadata(error)?.httpStatusCode;
}

/** How many requests the SDK sent for the call that ended in `error`, at least 1. */
export function attemptsOf(error: unknown): number {
  return sdkMetadata(error)?.attempts ?? 1;
}

/**
 * Whether the call that rejected with `error` changed nothing for certain: the service refused the one request that was
 * sent. Any other may have been carried out, be it at a try whose answer was lost.
 */
export function wasRefused(error: unknown): boolean {
  const cause = error instanceof ReconcileError ? error.cause : error;
  const status = httpStatus(cause) ?? 0;
  return status >= 400 && status < 500 && attemptsOf(cause) === 1;
}

interface SdkMetadata {
  readonly httpStatusCode?: number;
  readonly attempts?: number;
}

function sdkMetadata(error: unknown): SdkMetadata | undefined {
  if (!(error instanceof Error) || !('$metadata' in error)) return undefined;
  const metadata = error.$metadata;
  return typeof metadata === 'object' && metadata !== null ? metadata : undefined;
}
