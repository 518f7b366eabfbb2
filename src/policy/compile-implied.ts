import type { AppAccess } from '../api/app-access.ts';
import { compileServiceGrant } from './compile-service-grant.ts';
import type { CompiledGrant } from './compiled-grant.ts';
import type { DraftStatement } from './draft-statement.ts';
import type { CompileSettings } from './types.ts';

type LambdaSubject = NonNullable<AppAccess['spec']['subject']['lambda']>;

/** What a subject may do without a grant: a Lambda function alone has such, each part of it switched by a field. */
export function compileImplied({ lambda }: AppAccess['spec']['subject'], settings: CompileSettings): CompiledGrant {
  if (lambda === undefined) return { statements: [], problems: [] };
  const logs = lambda.logs === false ? undefined : functionLogs(lambda, settings);
  const statements = [
    ...(logs?.statements ?? []),
    ...(lambda.vpc === true ? vpcStatements() : []),
    ...(lambda.tracing === true ? [TRACING] : []),
  ];
  const problems = (logs?.problems ?? []).map((problem) => ({ ...problem, path: 'spec.subject.lambda.functionName' }));
  return { statements, problems };
}

function functionLogs({ functionName }: LambdaSubject, settings: CompileSettings): CompiledGrant {
  const grant = { logGroup: `/aws/lambda/${functionName}`, access: ['Create', 'Write'] };
  return compileServiceGrant('logs', grant, { path: 'spec.subject.lambda', name: 'function-logs' }, settings);
}

/**
 * What Lambda does with the role to put a function into a VPC, as in AWSLambdaVPCAccessExecutionRole. The function's own
 * code is denied all of it: Lambda needs it, the code never does.
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html#configuration-vpc-best-practice-security
 */
function vpcStatements(): readonly DraftStatement[] {
  const network = { actions: VPC_ACTIONS, resources: ['*'], name: 'function-vpc' };
  return [
    { ...network, effect: 'Allow', part: '' },
    {
      ...network,
      effect: 'Deny',
      actions: [...VPC_ACTIONS, ...DENIED_TO_CODE],
      // Whichever function holds the role: Lambda itself sends no such key, the code of a function always does.
      conditions: { Null: { 'lambda:SourceFunctionArn': ['false'] } },
      part: 'NotByCode',
    },
  ];
}

/** The code must not take off interfaces of others either, which Lambda itself never does. */
const DENIED_TO_CODE = ['ec2:DetachNetworkInterface'];

const VPC_ACTIONS = [
  'ec2:AssignPrivateIpAddresses',
  'ec2:CreateNetworkInterface',
  'ec2:DeleteNetworkInterface',
  'ec2:DescribeNetworkInterfaces',
  'ec2:DescribeSubnets',
  'ec2:UnassignPrivateIpAddresses',
];

/** X-Ray takes no resource. Source: https://docs.aws.amazon.com/lambda/latest/dg/services-xray.html */
const TRACING: DraftStatement = {
  effect: 'Allow',
  actions: ['xray:PutTelemetryRecords', 'xray:PutTraceSegments'],
  resources: ['*'],
  part: '',
  name: 'function-tracing',
};
