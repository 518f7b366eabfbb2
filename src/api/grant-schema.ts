import type { Static } from 'typebox';
import { celRules, mapOf, oneOf, stringSet } from './schema-builders.ts';
import { Type } from './type.ts';
import { GRANT_SERVICES, type GrantService, VERBS } from './verbs.ts';

const actionName = Type.String({ minLength: 3, maxLength: 128 });

const conditionBlock = mapOf(
  mapOf(
    Type.Array(Type.String({ maxLength: 1024 }), { minItems: 1, maxItems: 32, 'x-kubernetes-list-type': 'atomic' }),
    {
      description: 'Condition keys of this operator, each with the list of its values.',
      maxProperties: 16,
    },
  ),
  {
    description:
      'IAM conditions that must hold besides those written by the controller, as operator, key, list of values. A key that the controller writes itself may not be repeated.',
    maxProperties: 16,
  },
);

const kmsKey = Type.String({
  description:
    'ARN of the KMS key that encrypts the resource. Adds what the access needs on that key, by way of the service only.',
  maxLength: 512,
  ...celRules({
    rule: "self.matches('^arn:[a-z0-9-]+:kms:[a-z0-9-]+:[0-9]{12}:key/[a-zA-Z0-9-]+$')",
    message: 'must be the ARN of a key, arn:<partition>:kms:<region>:<account>:key/<id>; an alias does not work here',
  }),
});

/** What every typed grant takes besides its resource. */
function access<Service extends GrantService>(service: Service) {
  return {
    access: Type.Optional(
      stringSet(oneOf(VERBS[service]), {
        description: `Access verbs: ${VERBS[service].join(', ')}. Give access or actions.`,
        maxItems: 16,
      }),
    ),
    actions: Type.Optional(
      stringSet(actionName, {
        description: `IAM actions such as ${service}:Name in place of verbs, without wildcards; each must fit this kind of resource.`,
        maxItems: 64,
      }),
    ),
    conditions: Type.Optional(conditionBlock),
  };
}

const accessOrActions = {
  rule: 'has(self.access) != has(self.actions)',
  message: 'must give access (verbs) or actions (IAM action names): one of the two and not both',
};

const s3Grant = Type.Object(
  {
    bucket: Type.String({
      description: 'Name of the bucket.',
      minLength: 3,
      maxLength: 63,
      ...celRules({
        rule: "self.matches('^[a-z0-9][a-z0-9.-]*[a-z0-9]$')",
        message:
          'must be the bare name of one bucket: lower-case letters, digits, - and .; write no ARN and no wildcard',
      }),
    }),
    prefix: Type.Optional(
      Type.String({
        description:
          'Limits the access to keys below this prefix. Ends in a slash. Without it the whole bucket is meant.',
        minLength: 1,
        maxLength: 512,
        ...celRules(
          {
            rule: "self.endsWith('/')",
            message: "must end in '/': without it 'uploads' would also match 'uploads-secret'",
          },
          { rule: "!self.startsWith('/')", message: "must not start with '/': object keys do not" },
          {
            rule: "!self.matches('[*?]') && !self.contains('$' + '{')",
            message: 'is taken literally: it may not contain *, ? or a policy variable',
          },
        ),
      }),
    ),
    kmsKey: Type.Optional(kmsKey),
    ...access('s3'),
  },
  { description: 'Objects of one S3 bucket.', ...celRules(accessOrActions) },
);

const dynamodbGrant = Type.Object(
  {
    table: Type.String({
      description: 'Name of the table.',
      minLength: 3,
      maxLength: 255,
      ...celRules({
        rule: "self.matches('^[a-zA-Z0-9_.-]+$')",
        message:
          'must be the bare name of one table: letters, digits, _, - and .; write no ARN, no slash and no wildcard',
      }),
    }),
    kmsKey: Type.Optional(kmsKey),
    ...access('dynamodb'),
  },
  { description: 'Items of one DynamoDB table.', ...celRules(accessOrActions) },
);

const sqsGrant = Type.Object(
  {
    queue: Type.String({
      description: 'Name of the queue, with .fifo where it is one.',
      minLength: 1,
      maxLength: 80,
      ...celRules({
        rule: "self.matches('^[a-zA-Z0-9_-]+([.]fifo)?$')",
        message: 'must be the bare name of one queue: letters, digits, - and _; write no ARN, no URL and no wildcard',
      }),
    }),
    kmsKey: Type.Optional(kmsKey),
    ...access('sqs'),
  },
  { description: 'Messages of one SQS queue.', ...celRules(accessOrActions) },
);

const kmsGrant = Type.Object(
  {
    key: Type.String({
      description: 'Id of a key in the account and region of the controller, or the full ARN of a key.',
      minLength: 1,
      maxLength: 512,
      ...celRules({
        rule: "self.matches('^(arn:[a-z0-9-]+:kms:[a-z0-9-]+:[0-9]{12}:key/)?[a-zA-Z0-9-]+$')",
        message:
          'must be a key id or arn:<partition>:kms:<region>:<account>:key/<id>; an alias does not work in a policy',
      }),
    }),
    ...access('kms'),
  },
  { description: 'Direct use of one KMS key.', ...celRules(accessOrActions) },
);

const logsGrant = Type.Object(
  {
    logGroup: Type.String({
      description: 'Name of the log group.',
      minLength: 1,
      maxLength: 512,
      ...celRules({
        rule: "self.matches('^[a-zA-Z0-9_/.#-]+$')",
        message: 'must be the name of one log group: letters, digits, _, /, ., # and -; write no ARN and no wildcard',
      }),
    }),
    ...access('logs'),
  },
  { description: 'One CloudWatch Logs log group and its streams.', ...celRules(accessOrActions) },
);

const actionPattern = Type.String({ minLength: 1, maxLength: 128 });
const resourcePattern = Type.String({ minLength: 1, maxLength: 1024 });

const statementGrant = Type.Object(
  {
    effect: oneOf(['Allow', 'Deny'], { description: 'Allow or Deny.' }),
    actions: Type.Optional(
      stringSet(actionPattern, { description: 'IAM actions; wildcards as in IAM, service:Get*.', maxItems: 128 }),
    ),
    notActions: Type.Optional(
      stringSet(actionPattern, { description: 'All actions but these. With effect Deny only.', maxItems: 128 }),
    ),
    resources: Type.Optional(
      stringSet(resourcePattern, { description: 'Full ARNs, wildcards as in IAM, or *.', maxItems: 64 }),
    ),
    notResources: Type.Optional(
      stringSet(resourcePattern, { description: 'All resources but these. With effect Deny only.', maxItems: 64 }),
    ),
    conditions: Type.Optional(conditionBlock),
  },
  {
    description:
      'A statement in the grammar of IAM, for what no typed grant covers. It has no principal: the role is the principal.',
    ...celRules(
      {
        rule: 'has(self.actions) != has(self.notActions)',
        message: 'must give actions or notActions: one of the two and not both',
      },
      {
        rule: 'has(self.resources) != has(self.notResources)',
        message: 'must give resources or notResources: one of the two and not both',
      },
      {
        rule: "self.effect == 'Deny' || (!has(self.notActions) && !has(self.notResources))",
        message:
          'may use notActions and notResources with effect Deny only: with Allow they would grant everything else',
      },
    ),
  },
);

const GRANT_KINDS = [...GRANT_SERVICES, 'statement'];

export const grantSchema = Type.Object(
  {
    name: Type.Optional(
      Type.String({
        description: 'Name of this grant, unique in the list. It becomes the Sid of its statements.',
        minLength: 1,
        maxLength: 40,
        ...celRules({
          rule: "self.matches('^[a-zA-Z0-9]([a-zA-Z0-9-]*[a-zA-Z0-9])?$')",
          message: 'must be letters, digits and -, with a letter or digit at both ends',
        }),
      }),
    ),
    s3: Type.Optional(s3Grant),
    dynamodb: Type.Optional(dynamodbGrant),
    sqs: Type.Optional(sqsGrant),
    kms: Type.Optional(kmsGrant),
    logs: Type.Optional(logsGrant),
    statement: Type.Optional(statementGrant),
  },
  {
    description: 'One thing that the workload may do. Exactly one kind.',
    ...celRules({
      rule: `[${GRANT_KINDS.map((kind) => `has(self.${kind})`).join(', ')}].filter(x, x).size() == 1`,
      message: `must hold exactly one kind of grant: one of ${GRANT_KINDS.join(', ')}`,
    }),
  },
);

export type Grant = Static<typeof grantSchema>;
export type S3Grant = Static<typeof s3Grant>;
export type StatementGrant = Static<typeof statementGrant>;
export type Conditions = Static<typeof conditionBlock>;
