import { XMLBuilder } from 'fast-xml-parser';
import { AwsError } from './errors.ts';
import type { Parameter, Parameters } from './parameters.ts';

/** What a call answers with; an array becomes `<member>` elements, `undefined` is left out. */
export type XmlValue = string | number | boolean | undefined | readonly XmlValue[] | XmlFields;
export type XmlFields = { readonly [name: string]: XmlValue };

export type QueryService = 'iam' | 'sts';

export interface QueryCall {
  readonly service: QueryService;
  readonly action: string;
  readonly parameters: Parameters;
}

const VERSIONS = { iam: '2010-05-08', sts: '2011-06-15' } as const;
const builder = new XMLBuilder({ ignoreAttributes: false, attributeNamePrefix: '@' });

/**
 * The call in a form body of the AWS Query protocol. The service comes from `Version`, or else from the credential scope
 * of the Authorization header. Source: https://smithy.io/2.0/aws/protocols/aws-query-protocol.html
 */
export function parseQueryCall(body: string, scopeService: string | undefined): QueryCall {
  const tree = nest(new URLSearchParams(body));
  const { Action: action, Version: version, ...parameters } = tree;
  if (typeof action !== 'string' || action === '') {
    throw new AwsError(400, 'MissingAction', 'Missing Action');
  }
  const service = version === VERSIONS.sts ? 'sts' : version === VERSIONS.iam ? 'iam' : scopeService;
  if (service !== 'iam' && service !== 'sts') throw unknownAction(action, String(version));
  return { service, action, parameters };
}

export function unknownAction(action: string, version: string): AwsError {
  return new AwsError(400, 'InvalidAction', `Could not find operation ${action} for version ${version}`);
}

/** The XML that answers a call that succeeded; a call without a result has only the metadata. */
export function querySuccess(call: QueryCall, result: XmlFields | undefined, requestId: string): string {
  return builder.build({
    [`${call.action}Response`]: {
      '@xmlns': namespace(call.service),
      ...(result === undefined ? {} : { [`${call.action}Result`]: toXml(result) }),
      ResponseMetadata: { RequestId: requestId },
    },
  });
}

/** The XML that answers a call that failed. */
export function queryFailure(service: QueryService, error: AwsError, requestId: string): string {
  return builder.build({
    ErrorResponse: {
      '@xmlns': namespace(service),
      Error: { Type: error.status < 500 ? 'Sender' : 'Receiver', Code: error.code, Message: error.message },
      RequestId: requestId,
    },
  });
}

function namespace(service: QueryService): string {
  return `https://${service}.amazonaws.com/doc/${VERSIONS[service]}/`;
}

function toXml(value: XmlValue): unknown {
  if (Array.isArray(value)) return value.length === 0 ? '' : { member: value.map(toXml) };
  if (typeof value !== 'object') return value;
  const fields = Object.entries(value).filter(([, item]) => item !== undefined);
  return fields.length === 0 ? '' : Object.fromEntries(fields.map(([name, item]) => [name, toXml(item)]));
}

type Branch = Map<string, Branch | string>;

/** `Tags.member.2.Key=a` becomes `{ Tags: [, { Key: 'a' }] }` with the gaps closed; `Tags=` is the empty list. */
function nest(form: URLSearchParams): Parameters {
  const root: Branch = new Map();
  for (const [name, value] of form) place(root, name.split('.'), value);
  return Object.fromEntries([...root].map(([name, item]) => [name, toParameter(item)]));
}

function place(branch: Branch, [name = '', ...rest]: string[], value: string): void {
  if (rest.length === 0) {
    branch.set(name, value);
    return;
  }
  const below = branch.get(name);
  const child: Branch = below instanceof Map ? below : new Map();
  branch.set(name, child);
  place(child, rest, value);
}

function toParameter(item: Branch | string): Parameter {
  if (typeof item === 'string') return item;
  const members = item.get('member');
  if (members instanceof Map) {
    const numbered = [...members].sort(([a], [b]) => Number(a) - Number(b));
    return numbered.map(([, member]) => toParameter(member));
  }
  return Object.fromEntries([...item].map(([name, below]) => [name, toParameter(below)]));
}
