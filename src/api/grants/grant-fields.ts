import type { Static } from 'typebox';
import { celRules, mapOf, oneOf, stringSet } from '../schema-builders.ts';
import { Type } from '../type.ts';
import { type GrantService, VERBS } from '../verbs.ts';

export const conditionBlock = mapOf(
  mapOf(
    Type.Array(Type.String({ maxLength: 1024 }), { minItems: 1, maxItems: 32, 'x-kubernetes-list-type': 'atomic' }),
    {
      description: 'Condition keys of this operator, each with the list of its values.',
      example: { 'aws:SourceVpc': ['vpc-0a1b2c3d'] },
      maxProperties: 16,
    },
  ),
  {
    description:
      'IAM conditions that must hold besides those that the controller writes: operator, then condition key, then the list of values. All operators and keys must hold at once. A key that the controller writes itself for this grant may not be repeated. None by default.',
    example: { StringEquals: { 'aws:SourceVpc': ['vpc-0a1b2c3d'] } },
    maxProperties: 16,
  },
);

export type Conditions = Static<typeof conditionBlock>;

/** An action that no verb of the service stands for alone. */
const EXAMPLE_ACTIONS: Readonly<Record<GrantService, string>> = {
  s3: 's3:GetObjectAttributes',
  dynamodb: 'dynamodb:PartiQLSelect',
  sqs: 'sqs:ChangeMessageVisibility',
  sns: 'sns:GetTopicAttributes',
  kms: 'kms:ReEncryptFrom',
  logs: 'logs:FilterLogEvents',
  secretsmanager: 'secretsmanager:DescribeSecret',
  ssm: 'ssm:GetParameterHistory',
  lambda: 'lambda:GetFunction',
  events: 'events:DescribeEventBus',
  kinesis: 'kinesis:ListShards',
  states: 'states:DescribeExecution',
};

const actionName = Type.String({ minLength: 3, maxLength: 128 });

/** What every typed grant takes besides its resource. */
export function accessFields<Service extends GrantService>(service: Service) {
  return {
    access: Type.Optional(
      stringSet(oneOf(VERBS[service]), {
        description: `What the workload may do, in verbs: ${VERBS[service].join(', ')}. docs/grants.md has the IAM actions behind each. Give access or actions, not both.`,
        example: [VERBS[service][0]],
        maxItems: 16,
      }),
    ),
    actions: Type.Optional(
      stringSet(actionName, {
        description:
          'IAM actions in place of verbs, for what no verb says. Each is written out, without wildcards, must exist in AWS and must fit this kind of resource. Give access or actions, not both.',
        example: [EXAMPLE_ACTIONS[service]],
        maxItems: 64,
      }),
    ),
    conditions: Type.Optional(conditionBlock),
  };
}

export const accessOrActions = {
  rule: 'has(self.access) != has(self.actions)',
  message: 'must give access (verbs) or actions (IAM action names): one of the two and not both',
};

/** ARN of the key, for resources that can be encrypted. */
export const kmsKeyField = {
  kmsKey: Type.Optional(
    Type.String({
      description:
        'ARN of the KMS key that encrypts the resource, where it is a key of your own; an alias does not work. The workload gets what its access needs on that key, by way of this service only. Without it no key may be used.',
      example: 'arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab',
      maxLength: 512,
      ...celRules({
        rule: "self.matches('^arn:[a-z0-9-]+:kms:[a-z0-9-]+:[0-9]{12}:key/[a-zA-Z0-9-]+$')",
        message:
          'must be the ARN of a key, arn:<partition>:kms:<region>:<account>:key/<id>; an alias does not work here',
      }),
    }),
  ),
};

/** Account of the resource. */
export const accountField = (description: string) => ({
  accountId: Type.Optional(
    Type.String({
      description,
      example: '111122223333',
      maxLength: 12,
      ...celRules({
        rule: "self.matches('^[0-9]{12}$')",
        message: 'must be an account id of 12 digits; write it in quotation marks',
      }),
    }),
  ),
});

/** Account and region of the resource, where they are not the controller's. */
export const placeFields = {
  ...accountField(
    'AWS account of the resource: 12 digits in quotation marks. By default that of the controller. Another account must let the role in as well, by a policy on the resource.',
  ),
  region: Type.Optional(
    Type.String({
      description: 'AWS region of the resource. By default that of the controller.',
      example: 'eu-west-1',
      maxLength: 32,
      ...celRules({
        rule: "self.matches('^[a-z]{2,}(-[a-z]+)+-[0-9]+$')",
        message: 'must be a region such as eu-west-1',
      }),
    }),
  ),
};
