import type { Static } from 'typebox';
import { celRules, oneOf } from './schema-builders.ts';
import { SERVICE_PRINCIPAL_NAMES } from './service-principals.ts';
import { Type } from './type.ts';

const lambdaSubject = Type.Object(
  {
    functionName: Type.String({
      description:
        'Name of the Lambda function. 1 to 64 letters, digits, - and _, without ARN and qualifier. The function need not exist yet.',
      example: 'invoice-uploader',
      minLength: 1,
      maxLength: 64,
      ...celRules({
        rule: "self.matches('^[a-zA-Z0-9_-]+$')",
        message: 'must be the bare function name: letters, digits, - and _; write no ARN and no qualifier',
      }),
    }),
    logs: Type.Optional(
      Type.Boolean({
        description: 'Whether the function may create its own log group /aws/lambda/<functionName> and write to it.',
        example: false,
        default: true,
      }),
    ),
    vpc: Type.Optional(
      Type.Boolean({
        description:
          'Whether Lambda may connect the function to a VPC, for which it makes network interfaces. The code of the function itself is denied these rights.',
        example: true,
        default: false,
      }),
    ),
    tracing: Type.Optional(
      Type.Boolean({
        description: 'Whether the function may send traces to AWS X-Ray.',
        example: true,
        default: false,
      }),
    ),
    pinFunction: Type.Optional(
      Type.Boolean({
        description:
          'Whether the role can be assumed for this function alone, and not for other functions of the account. Lambda tries the role when the function is created: should that fail, set this once the function stands.',
        example: true,
        default: false,
      }),
    ),
  },
  {
    description:
      'A Lambda function in the account and region of the controller. Its deployment must name the role as execution role; status.role.arn has the ARN.',
    example: { functionName: 'invoice-uploader' },
  },
);

const ec2Subject = Type.Object(
  {},
  {
    description:
      'EC2 instances; there is nothing to set, so write {}. The controller makes an instance profile of the same name as the role, and instances must be launched with it; status.role.instanceProfileArn has its ARN.',
    example: {},
  },
);

const ecsTaskSubject = Type.Object(
  {},
  {
    description:
      'ECS tasks in the account and region of the controller; there is nothing to set, so write {}. A task definition must name the role as its taskRoleArn; status.role.arn has the ARN.',
    example: {},
  },
);

const serviceSubject = Type.Object(
  {
    principal: oneOf(SERVICE_PRINCIPAL_NAMES, {
      description:
        'The AWS service that assumes the role. Only services that tell AWS for which resource they act are taken; for functions, instances and tasks there are subjects of their own.',
      example: 'states.amazonaws.com',
    }),
    sourceArn: Type.String({
      description:
        'Full ARN of the one resource of that service that may use the role. It must be in the account of the controller. Where AWS chooses a part of the name when the resource is made, * may stand for that part.',
      example: 'arn:aws:states:eu-west-1:111122223333:stateMachine:orders',
      minLength: 12,
      maxLength: 1024,
      ...celRules({
        rule: "self.matches('^arn:[a-z0-9-]+:[a-z0-9-]+:[a-z0-9-]*:[0-9]*:[^ ]+$')",
        message:
          'must be a full ARN, arn:<partition>:<service>:<region>:<account>:<resource>, without wildcards before the resource',
      }),
    }),
  },
  {
    description:
      'An AWS service that acts for one resource of yours, such as Step Functions for a state machine. That resource must name the role; status.role.arn has the ARN.',
    example: {
      principal: 'states.amazonaws.com',
      sourceArn: 'arn:aws:states:eu-west-1:111122223333:stateMachine:orders',
    },
  },
);

const serviceAccountSubject = Type.Object(
  {
    name: Type.String({
      description:
        'Name of a service account in the namespace of this AppAccess. One literal name, without wildcards. The controller never creates it: for IRSA it must exist, for PodIdentity it may come later.',
      example: 'order-api',
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
          'How pods get the role. PodIdentity: an EKS Pod Identity association, for which the cluster needs the add-on eks-pod-identity-agent. IRSA: the annotation eks.amazonaws.com/role-arn, which the controller writes on the service account. Give both while you move from one to the other. Pods started before a change must be started again.',
        example: ['IRSA'],
        minItems: 1,
        maxItems: 2,
        default: ['PodIdentity'],
        'x-kubernetes-list-type': 'set',
      }),
    ),
  },
  {
    description:
      'The pods on this EKS cluster that run as one Kubernetes service account, in the namespace of this AppAccess.',
    example: { name: 'order-api' },
  },
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
    description: `The workload that gets the role: exactly one of ${SUBJECT_KINDS.join(', ')}. Its kind cannot be changed later: delete this AppAccess and create another one.`,
    example: { lambda: { functionName: 'invoice-uploader' } },
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
