import type { Attributes } from '@opentelemetry/api';
import type { TracedRequest } from '../base/pass-trace.ts';

/** The services of AWS by the names that its SDKs give them, which the conventions ask for. */
const AWS_SERVICES: ReadonlyMap<string, string> = new Map([
  ['iam', 'IAM'],
  ['eks', 'EKS'],
  ['sts', 'STS'],
]);

/** Name of the span of `request`, from a small set: `IAM/CreateRole`, `PUT appaccesses/status`. */
export function requestName(request: TracedRequest): string {
  return request.kind === 'Aws' ? awsMethod(request) : `${request.method} ${request.resource}`;
}

/**
 * What stands on the span of `request` from its start. No names of roles or policies.
 * Source: https://opentelemetry.io/docs/specs/semconv/cloud-providers/aws-sdk/, …/semconv/http/http-spans/ and
 * …/semconv/registry/attributes/k8s/.
 */
export function requestAttributes(request: TracedRequest): Attributes {
  if (request.kind === 'Aws') {
    return {
      'rpc.system.name': 'aws-api',
      'rpc.method': awsMethod(request),
      'cloud.region': request.region,
    };
  }
  const { hostname, port, protocol } = new URL(request.server);
  return {
    'http.request.method': request.method,
    'server.address': hostname,
    'server.port': port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port),
    ...(request.namespace === undefined ? {} : { 'k8s.namespace.name': request.namespace }),
    'appaccess.kubernetes.verb': request.verb,
    'appaccess.kubernetes.resource': request.resource,
  };
}

function awsMethod({ service, action }: { readonly service: string; readonly action: string }): string {
  return `${AWS_SERVICES.get(service) ?? service}/${action}`;
}
