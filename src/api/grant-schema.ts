import type { Static } from 'typebox';
import { dynamodbGrant } from './grants/dynamodb-grant.ts';
import { eventsGrant } from './grants/events-grant.ts';
import { kinesisGrant } from './grants/kinesis-grant.ts';
import { kmsGrant } from './grants/kms-grant.ts';
import { lambdaGrant } from './grants/lambda-grant.ts';
import { logsGrant } from './grants/logs-grant.ts';
import { managedPolicyGrant } from './grants/managed-policy-grant.ts';
import { s3Grant } from './grants/s3-grant.ts';
import { secretsmanagerGrant } from './grants/secretsmanager-grant.ts';
import { snsGrant } from './grants/sns-grant.ts';
import { sqsGrant } from './grants/sqs-grant.ts';
import { ssmGrant } from './grants/ssm-grant.ts';
import { statementGrant } from './grants/statement-grant.ts';
import { statesGrant } from './grants/states-grant.ts';
import { celRules } from './schema-builders.ts';
import { Type } from './type.ts';
import { GRANT_SERVICES } from './verbs.ts';

const GRANT_KINDS = [...GRANT_SERVICES, 'statement', 'managedPolicy'];

export const grantSchema = Type.Object(
  {
    name: Type.Optional(
      Type.String({
        description:
          'Name of this grant, unique in the list. 1 to 40 letters, digits and -, with a letter or digit at both ends. The Sid of its statements in the policy begins with it, so that they are easy to find; without a name it is made from what the grant says.',
        example: 'invoice-uploads',
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
    sns: Type.Optional(snsGrant),
    kms: Type.Optional(kmsGrant),
    logs: Type.Optional(logsGrant),
    secretsmanager: Type.Optional(secretsmanagerGrant),
    ssm: Type.Optional(ssmGrant),
    lambda: Type.Optional(lambdaGrant),
    events: Type.Optional(eventsGrant),
    kinesis: Type.Optional(kinesisGrant),
    states: Type.Optional(statesGrant),
    statement: Type.Optional(statementGrant),
    managedPolicy: Type.Optional(managedPolicyGrant),
  },
  {
    description: 'One thing that the workload may do: exactly one kind of grant, and a name if you like.',
    example: { s3: { bucket: 'invoices', prefix: 'uploads/', access: ['Write'] } },
    ...celRules({
      rule: `[${GRANT_KINDS.map((kind) => `has(self.${kind})`).join(', ')}].filter(x, x).size() == 1`,
      message: `must hold exactly one kind of grant: one of ${GRANT_KINDS.join(', ')}`,
    }),
  },
);

export type Grant = Static<typeof grantSchema>;
