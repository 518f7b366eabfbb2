import { TransientError, WaitingError } from '../base/errors.ts';
import { awsErrorCode, httpStatus, isThrottled } from './error-code.ts';

/** The services that this project calls. */
export type AwsService = keyof typeof NAMES;

/** What any other call to the service would meet just now. */
export type ServiceFault = TransientError | WaitingError;

/**
 * The fault behind `error` that any other call to the service would have met too: credentials, throttling, no usable
 * answer. `undefined` when the service answered this call, be it with a refusal, and for bugs of this program. The text
 * names neither call nor time nor address, so that it is the same for every object and every try.
 * `fromService` tells whether the called service itself sent the error; what other services sent (STS) is about credentials.
 */
export function toServiceFault(error: unknown, service: AwsService, fromService: boolean): ServiceFault | undefined {
  const code = awsErrorCode(error);
  if (CREDENTIAL_CODES.has(code) || (isServiceError(error) && !fromService)) return noCredentials(service, code, error);
  if (isThrottled(error)) {
    const message = `AWS throttles ${NAMES[service]} in this account; calls are sent again more slowly, nothing is lost`;
    return new TransientError('Throttled', message, error);
  }
  const status = httpStatus(error);
  const isAnswer = status === undefined ? isServiceError(error) : status >= 400 && status < 500;
  if (isAnswer || isBug(error)) return undefined;
  return new TransientError(
    'AwsUnavailable',
    `no usable answer from ${NAMES[service]} (${networkWord(error, status)}); it is tried again without end; if it ` +
      'lasts, check --region and the path from the controller to AWS: DNS, proxy, firewall, VPC endpoint',
    error,
  );
}

/** Mistakes of this program look like these; an answer that cannot be read carries `$response` or is a SyntaxError. */
export function isBug(error: unknown): error is Error {
  if (!(error instanceof TypeError || error instanceof ReferenceError || error instanceof RangeError)) return false;
  return !('$response' in error);
}

const NAMES = { iam: 'AWS IAM', eks: 'Amazon EKS', sts: 'AWS STS' } as const;

/** What the credentials are found to be, by code: both spellings of services, and what the SDK throws by itself. */
const CREDENTIAL_CODES: ReadonlyMap<string, string> = new Map([
  ['CredentialsProviderError', 'none of the usual places holds any'],
  ['TokenProviderError', 'the token that they are made from cannot be read'],
  ['ExpiredToken', 'they have expired'],
  ['InvalidClientTokenId', 'AWS does not know them, or not in this partition'],
  ['UnrecognizedClient', 'AWS does not know them, or the account has not enabled this region'],
  ['SignatureDoesNotMatch', 'the secret key does not belong to the access key'],
  ['InvalidSignature', 'the secret key does not belong to the access key'],
  ['IncompleteSignature', 'they are cut short'],
  ['MissingAuthenticationToken', 'the call carried none'],
  ['RequestExpired', 'the clock of the controller is wrong'],
  ['AuthFailure', 'AWS does not accept them'],
  ['OptInRequired', 'the account is not signed up for the service'],
]);

function noCredentials(service: AwsService, code: string, cause: unknown): WaitingError {
  const why = CREDENTIAL_CODES.get(code) ?? 'AWS refuses to issue them';
  return new WaitingError(
    'NoCredentials',
    `the controller has no valid AWS credentials (${code}: ${why}); give the controller credentials by EKS Pod ` +
      'Identity, IRSA, an instance profile, or AWS_PROFILE or AWS_ACCESS_KEY_ID in its environment; it takes them up ' +
      'without a restart, save those in environment variables',
    SLOW_RETRY_MS,
    cause,
    { name: `${service} NoCredentials` },
  );
}

const SLOW_RETRY_MS = 60_000;

function isServiceError(error: unknown): boolean {
  return error instanceof Error && '$fault' in error;
}

/** The short and stable word for a fault of the network: Node's code, with the name that has no address, or the status. */
function networkWord(error: unknown, status: number | undefined): string {
  if (status !== undefined) return `HTTP ${status}`;
  if (!(error instanceof Error)) return 'unknown';
  if (!('code' in error) || typeof error.code !== 'string') return error.name;
  const host = 'hostname' in error && typeof error.hostname === 'string' ? ` ${error.hostname}` : '';
  return `${error.code}${host}`;
}
