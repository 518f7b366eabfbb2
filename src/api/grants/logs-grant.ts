import { celRules } from '../schema-builders.ts';
import { Type } from '../type.ts';
import { accessFields, accessOrActions, kmsKeyField, placeFields } from './grant-fields.ts';

export const logsGrant = Type.Object(
  {
    logGroup: Type.String({
      description: 'Name of the log group. Up to 512 letters, digits and _ / . # -, without ARN and wildcard.',
      example: '/app/releases',
      minLength: 1,
      maxLength: 512,
      ...celRules({
        rule: "self.matches('^[a-zA-Z0-9_/.#-]+$')",
        message: 'must be the name of one log group: letters, digits, _, /, ., # and -; write no ARN and no wildcard',
      }),
    }),
    ...placeFields,
    ...kmsKeyField,
    ...accessFields('logs'),
  },
  {
    description:
      'One CloudWatch Logs log group and its streams. A Lambda function may write to its own without a grant.',
    example: { logGroup: '/app/releases', access: ['Write'] },
    ...celRules(accessOrActions),
  },
);
