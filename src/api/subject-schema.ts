import type { Static } from 'typebox';
import { celRules, oneOf } from './schema-builders.ts';
import { SERVICE_PRINCIPAL_NAMES } from './service-principals.ts';
import { Type } from './type.ts';

const lambdaSubject = Type.Object(
  {
    functionName: Type.String({
      description: 'Name of the Lambda function, without its ARN or a qualifier.',
      minLength: 1,
      maxLength: 64,
      ...celRules({
        rule: "self.matches('^[a-zA-Z0-9_-]+$')",
        message: 'must be the bare function name: letters, digits, - and _; write no ARN and no qualifier',
      }),
    }),
    logs: Type.Optional(
      Type.Boolean({
        description: 'Whether the function may create and write its own log group /aws/lambda/<functionName>.',
        default: true,
      }),
    ),
    vpc: Type.Optional(
      Type.Boolean({
        description:
          'Whether Lambda may put the function into a VPC. The code of the function itself is denied these rights.',
        default: false,
      }),
    ),
    tracing: Type.Optional(
      Type.Boolean({ description: 'Whether the function may send traces to X-Ray.', default: false }),
    ),
    pinFunction: Type.Optional(
      Type.Boolean({
        description:
          'Whether the role can be assumed for this function alone, and not for others of the account. Lambda tries the role when the function is created: should that fail, set it once the function stands.',
        default: false,
      }),
    ),
  },
  { description: 'A Lambda function. Its deployment must name the role; the name stands in status.role.' },
);

const ec2Subject = Type.Object(
  {},
  {
    description:
      'EC2 instances. The controller makes an instance profile of the same name as the role; instances must be launched with it.',
  },
);

const ecsTaskSubject = Type.Object(
  {},
  { description: 'ECS tasks of the account and region. A task definition must name the role as its taskRoleArn.' },
);

const serviceSubject = Type.Object(
  {
    principal: oneOf(SERVICE_PRINCIPAL_NAMES, {
      description: 'The AWS service that assumes the role. Only services that say for which resource they do.',
    }),
    sourceArn: Type.String({
      description:
        'ARN of the resource of that service which may use the role, such as arn:aws:states:eu-west-1:111122223333:stateMachine:orders. A wildcard may stand behind the kind of resource only.',
      minLength: 12,
      maxLength: 1024,
      ...celRules({
        rule: "self.matches('^arn:[a-z0-9-]+:[a-z0-9-]+:[a-z0-9-]*:[0-9]*:[^ ]+$')",
        message:
          'must be a full ARN, arn:<partition>:<service>:<region>:<account>:<resource>, without wildcards before the resource',
      }),
    }),
  },
  { description: 'An AWS service that acts for one resource of yours. That resource must name the role.' },
);

const serviceAccountSubject = Type.Object(
  {
    name: Type.String({
      description: 'Name of a service account in the namespace of this AppAccess. It need not exist for Pod Identity.',
      minLength: 1,
      maxLength: 253,
      ...celRules({
        rule: "self.matches('^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$')",
        message:
          'must be the literal name of a service account in this namespace: lower-case letters, digits, - and . only, without wildcards',
      }),
    }),
    via: Type.Optional(
      Type.Array(oneOf(['PodIdentity', 'IRSA']), {
        description:
          'How pods get the role: PodIdentity (an EKS Pod Identity association), IRSA (the annotation eks.amazonaws.com/role-arn on the service account), or both while moving from one to the other.',
        minItems: 1,
        maxItems: 2,
        default: ['PodIdentity'],
        'x-kubernetes-list-type': 'set',
      }),
    ),
  },
  { description: 'The pods that run as a Kubernetes service account of this namespace on EKS.' },
);

export const SUBJECT_KINDS = ['lambda', 'ec2', 'ecsTask', 'serviceAccount', 'service'] as const;

const given = (object: string) => SUBJECT_KINDS.map((kind) => `has(${object}.${kind})`);

export const subjectSchema = Type.Object(
  {
    lambda: Type.Optional(lambdaSubject),
    ec2: Type.Optional(ec2Subject),
    ecsTask: Type.Optional(ecsTaskSubject),
    serviceAccount: Type.Optional(serviceAccountSubject),
    service: Type.Optional(serviceSubject),
  },
  {
    description: 'The workload that gets the role. Exactly one kind; the kind cannot be changed later.',
    ...celRules(
      {
        rule: `[${given('self').join(', ')}].filter(x, x).size() == 1`,
        message: `must name exactly one subject: one of ${SUBJECT_KINDS.join(', ')}`,
      },
      {
        rule: SUBJECT_KINDS.map((kind) => `has(self.${kind}) == has(oldSelf.${kind})`).join(' && '),
        message: 'the kind of subject cannot be changed; delete this AppAccess and create another one',
      },
    ),
  },
);

export type Subject = Static<typeof subjectSchema>;
