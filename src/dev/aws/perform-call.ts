import { attachmentCalls } from './attachment-calls.ts';
import type { CallContext, QueryHandler } from './call-context.ts';
import { eksCalls } from './eks-calls.ts';
import type { EksCall } from './eks-protocol.ts';
import { AwsError } from './errors.ts';
import { instanceProfileCalls } from './instance-profile-calls.ts';
import { managedPolicyCalls } from './managed-policy-calls.ts';
import { ParameterReader } from './parameters.ts';
import { policyCalls } from './policy-calls.ts';
import { type QueryCall, unknownAction, type XmlFields } from './query-protocol.ts';
import { roleCalls } from './role-calls.ts';
import { roleTagCalls } from './role-tag-calls.ts';
import { stsCalls } from './sts-calls.ts';

const QUERY_CALLS: Readonly<Record<'iam' | 'sts', ReadonlyMap<string, QueryHandler>>> = {
  iam: new Map(
    Object.entries({
      ...roleCalls,
      ...policyCalls,
      ...attachmentCalls,
      ...managedPolicyCalls,
      ...roleTagCalls,
      ...instanceProfileCalls,
    }),
  ),
  sts: new Map(Object.entries(stsCalls)),
};

export type AwsCall = QueryCall | EksCall;

/** Runs one IAM or STS call. Throws `AwsError`. */
export function performQueryCall(call: QueryCall, context: CallContext): XmlFields | undefined {
  const handler = QUERY_CALLS[call.service].get(call.action);
  if (handler === undefined) throw unknownAction(call.action, call.service === 'iam' ? '2010-05-08' : '2011-06-15');
  return handler(new ParameterReader(call.parameters), context);
}

/** Runs one EKS call. Throws `AwsError`. */
export function performEksCall(call: EksCall, context: CallContext): Readonly<Record<string, unknown>> {
  const handler = eksCalls[call.action];
  if (handler === undefined) throw new AwsError(404, 'UnknownOperationException', `no such operation: ${call.action}`);
  return handler(call.parameters, context);
}
