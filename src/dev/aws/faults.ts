import { AwsError, accessDenied as accessDeniedError } from './errors.ts';

/** Something that goes wrong with one call, on the wire. Built by the functions of this file. */
export type Fault =
  | { readonly kind: 'Throttling' }
  | { readonly kind: 'ServerError' }
  | { readonly kind: 'LostAnswer' }
  | { readonly kind: 'TimeOut' }
  | { readonly kind: 'AccessDenied' }
  | { readonly kind: 'ExpiredToken' }
  | { readonly kind: 'UnknownKey' }
  | { readonly kind: 'Cut' }
  | { readonly kind: 'NotVisible' }
  | { readonly kind: 'Delay'; readonly delayMs: number };

/** Refused for its rate, before any work: IAM and STS 400 `Throttling`, EKS 429 `ThrottlingException`. */
export const throttling = (): Fault => ({ kind: 'Throttling' });
/** Fails inside AWS, before any work: IAM and STS 500 `ServiceFailure`, EKS 500 `ServerException`. */
export const serverError = (): Fault => ({ kind: 'ServerError' });
/** Does the work, then cuts the connection instead of answering. */
export const lostAnswer = (): Fault => ({ kind: 'LostAnswer' });
/** Takes the request, does no work and never answers; the connection lasts until the client or the server goes. */
export const timeOut = (): Fault => ({ kind: 'TimeOut' });
/** The caller's own permissions do not allow the call. */
export const accessDenied = (): Fault => ({ kind: 'AccessDenied' });
/** The session that signed the call has ended: IAM, STS and EKS alike 403 `ExpiredToken`, EKS with its suffix. */
export const expiredToken = (): Fault => ({ kind: 'ExpiredToken' });
/** No such access key here, as from another partition or a region that is not enabled. */
export const unknownKey = (): Fault => ({ kind: 'UnknownKey' });
/** Cuts the connection before any work. */
export const cut = (): Fault => ({ kind: 'Cut' });
/** The call does not see the role or instance profile it names, as in the first seconds after a create. */
export const notVisible = (): Fault => ({ kind: 'NotVisible' });
/** Works as usual after `delayMs` more. */
export const delay = (delayMs: number): Fault => ({ kind: 'Delay', delayMs });

/** Faults that wait for the next calls of an action, or that stand. `*` stands for any action and gives way to a named one. */
export class FaultQueue {
  readonly #waiting = new Map<string, Fault[]>();
  readonly #standing = new Map<string, Fault>();

  /** From now on every call of `action` suffers `fault`. */
  stand(action: string, fault: Fault): void {
    this.#standing.set(action, fault);
  }

  add(action: string, fault: Fault, times: number): void {
    const faults = this.#waiting.get(action) ?? [];
    this.#waiting.set(action, [...faults, ...Array.from({ length: times }, () => fault)]);
  }

  /** The oldest fault for `action`, which is then used up, else the one that stands. */
  take(action: string): Fault | undefined {
    const once = this.#waiting.get(action)?.shift() ?? this.#waiting.get('*')?.shift();
    return once ?? this.#standing.get(action) ?? this.#standing.get('*');
  }

  clear(): void {
    this.#waiting.clear();
    this.#standing.clear();
  }
}

/** The error that `fault` answers with instead of working, or `undefined` when it does its harm in another way. */
export function faultError(
  fault: Fault | undefined,
  call: { service: 'iam' | 'sts' | 'eks'; action: string; callerArn: string },
): AwsError | undefined {
  const eks = call.service === 'eks';
  if (fault?.kind === 'Throttling') {
    return eks
      ? new AwsError(429, 'ThrottlingException', 'Rate exceeded')
      : new AwsError(400, 'Throttling', 'Rate exceeded');
  }
  if (fault?.kind === 'ServerError') {
    return new AwsError(500, eks ? 'ServerException' : 'ServiceFailure', 'The service failed to process the request.');
  }
  if (fault?.kind === 'ExpiredToken') {
    const code = eks ? 'ExpiredTokenException' : 'ExpiredToken';
    return new AwsError(403, code, 'The security token included in the request is expired');
  }
  if (fault?.kind === 'UnknownKey') {
    const code = eks ? 'UnrecognizedClientException' : 'InvalidClientTokenId';
    return new AwsError(403, code, 'The security token included in the request is invalid.');
  }
  if (fault?.kind === 'AccessDenied') {
    const permission = `${call.service}:${call.action}`;
    return accessDeniedError(
      call.service,
      `User: ${call.callerArn} is not authorized to perform: ${permission} because no identity-based policy allows the ${permission} action`,
    );
  }
  return undefined;
}
