import { isRecord } from './document-grammar.ts';
import { AwsError, eksInvalidParameter } from './errors.ts';

/** One EKS call: what stood in path, query and body, under the names of the EKS API. */
export interface EksCall {
  readonly service: 'eks';
  readonly action: string;
  readonly parameters: Readonly<Record<string, unknown>>;
}

/** `parameter`: name of the first one in the path, `clusterName` when absent. */
const ROUTES: readonly { method: string; pattern: RegExp; action: string; parameter?: string }[] = [
  { method: 'GET', pattern: /^\/clusters\/([^/]+)$/, action: 'DescribeCluster', parameter: 'name' },
  { method: 'POST', pattern: /^\/tags\/([^/]+)$/, action: 'TagResource', parameter: 'resourceArn' },
  { method: 'GET', pattern: /^\/clusters\/([^/]+)\/pod-identity-associations$/, action: 'ListPodIdentityAssociations' },
  {
    method: 'POST',
    pattern: /^\/clusters\/([^/]+)\/pod-identity-associations$/,
    action: 'CreatePodIdentityAssociation',
  },
  {
    method: 'GET',
    pattern: /^\/clusters\/([^/]+)\/pod-identity-associations\/([^/]+)$/,
    action: 'DescribePodIdentityAssociation',
  },
  {
    method: 'POST',
    pattern: /^\/clusters\/([^/]+)\/pod-identity-associations\/([^/]+)$/,
    action: 'UpdatePodIdentityAssociation',
  },
  {
    method: 'DELETE',
    pattern: /^\/clusters\/([^/]+)\/pod-identity-associations\/([^/]+)$/,
    action: 'DeletePodIdentityAssociation',
  },
];

/** The EKS call behind a REST request. Source: https://docs.aws.amazon.com/eks/latest/APIReference/API_Operations.html */
export function parseEksCall(method: string, url: URL, body: string): EksCall {
  for (const route of ROUTES) {
    const match = route.method === method ? route.pattern.exec(url.pathname) : null;
    if (match === null) continue;
    const [, first = '', associationId] = match.map(decodeURIComponent);
    const ids = associationId === undefined ? {} : { associationId };
    const query = Object.fromEntries(url.searchParams);
    return {
      service: 'eks',
      action: route.action,
      parameters: { ...query, ...parseBody(body), [route.parameter ?? 'clusterName']: first, ...ids },
    };
  }
  throw new AwsError(404, 'UnknownOperationException', `no such operation: ${method} ${url.pathname}`);
}

function parseBody(body: string): Readonly<Record<string, unknown>> {
  if (body === '') return {};
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch (cause) {
    throw new AwsError(400, 'SerializationException', `the body is not JSON: ${String(cause)}`);
  }
  if (!isRecord(value)) throw eksInvalidParameter('the body is not a JSON object');
  return value;
}

/** The JSON and headers that answer a call that failed. */
export function eksFailure(error: AwsError): { headers: Record<string, string>; body: string } {
  return { headers: { 'x-amzn-errortype': error.code }, body: JSON.stringify({ message: error.message }) };
}
