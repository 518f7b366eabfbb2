import type { Static } from 'typebox';
import { celRules, oneOf } from './schema-builders.ts';
import { Type } from './type.ts';

const lambdaSubject = Type.Object(
  {
    functionName: Type.String({
      description:
        'Name of the Lambda function, without its ARN or a qualifier. The function may write its own log group /aws/lambda/<functionName>.',
      minLength: 1,
      maxLength: 64,
      ...celRules({
        rule: "self.matches('^[a-zA-Z0-9_-]+$')",
        message: 'must be the bare function name: letters, digits, - and _; write no ARN and no qualifier',
      }),
    }),
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

export const SUBJECT_KINDS = ['lambda', 'ec2', 'serviceAccount'] as const;

export const subjectSchema = Type.Object(
  {
    lambda: Type.Optional(lambdaSubject),
    ec2: Type.Optional(ec2Subject),
    serviceAccount: Type.Optional(serviceAccountSubject),
  },
  {
    description: 'The workload that gets the role. Exactly one kind; the kind cannot be changed later.',
    ...celRules(
      {
        rule: '[has(self.lambda), has(self.ec2), has(self.serviceAccount)].filter(x, x).size() == 1',
        message: 'must name exactly one subject: one of lambda, ec2, serviceAccount',
      },
      {
        rule: 'has(self.lambda) == has(oldSelf.lambda) && has(self.ec2) == has(oldSelf.ec2) && has(self.serviceAccount) == has(oldSelf.serviceAccount)',
        message: 'the kind of subject cannot be changed; delete this AppAccess and create another one',
      },
    ),
  },
);

export type Subject = Static<typeof subjectSchema>;
