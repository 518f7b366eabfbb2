import type { CallContext } from './call-context.ts';
import { eksFailure, parseEksCall } from './eks-protocol.ts';
import { AwsError } from './errors.ts';
import { type AwsCall, performEksCall, performQueryCall } from './perform-call.ts';
import { parseQueryCall, type QueryService, queryFailure, querySuccess } from './query-protocol.ts';

export interface AwsRequest {
  readonly method: string;
  readonly url: URL;
  readonly authorization: string | undefined;
  readonly body: string;
}

export interface AwsAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** The call in a request: a form posted to `/` is IAM or STS, anything else EKS. Throws `AwsError`. */
export function parseCall(request: AwsRequest): AwsCall {
  const scope = /^AWS4-HMAC-SHA256 Credential=[^/]+\/\d{8}\/[^/]+\/([^/]+)\//.exec(request.authorization ?? '')?.[1];
  if (scope === undefined) {
    throw new AwsError(403, 'MissingAuthenticationToken', 'Missing Authentication Token');
  }
  if (isQueryRequest(request)) return parseQueryCall(request.body, scope);
  return parseEksCall(request.method, request.url, request.body);
}

/** Runs `call` and words the outcome in its protocol. Anything that is not an `AwsError` is a bug and goes through. */
export function answerCall(call: AwsCall, context: CallContext, requestId: string): AwsAnswer {
  if (call.service !== 'eks') {
    const body = querySuccess(call, performQueryCall(call, context), requestId);
    return { status: 200, headers: xmlHeaders(requestId), body };
  }
  return { status: 200, headers: jsonHeaders(requestId), body: JSON.stringify(performEksCall(call, context)) };
}

/** The answer that carries `error`, in the protocol of `service`. */
export function answerError(service: QueryService | 'eks', error: AwsError, requestId: string): AwsAnswer {
  if (service !== 'eks') {
    return { status: error.status, headers: xmlHeaders(requestId), body: queryFailure(service, error, requestId) };
  }
  const { headers, body } = eksFailure(error);
  return { status: error.status, headers: { ...jsonHeaders(requestId), ...headers }, body };
}

/** The protocol in which a request that could not be parsed is answered. */
export function guessService(request: AwsRequest): QueryService | 'eks' {
  return isQueryRequest(request) ? 'iam' : 'eks';
}

function isQueryRequest({ method, url }: AwsRequest): boolean {
  return method === 'POST' && url.pathname === '/';
}

function xmlHeaders(requestId: string): Record<string, string> {
  return { 'content-type': 'text/xml', 'x-amzn-requestid': requestId };
}

function jsonHeaders(requestId: string): Record<string, string> {
  return { 'content-type': 'application/json', 'x-amzn-requestid': requestId };
}
