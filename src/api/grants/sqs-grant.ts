import { celRules } from '../schema-builders.ts';
import { Type } from '../type.ts';
import { accessFields, accessOrActions, kmsKeyField, placeFields } from './grant-fields.ts';

export const sqsGrant = Type.Object(
  {
    queue: Type.String({
      description:
        'Name of the queue. Up to 80 letters, digits, - and _, without ARN and URL. The name of a FIFO queue ends in .fifo.',
      example: 'thumbnails',
      minLength: 1,
      maxLength: 80,
      ...celRules({
        rule: "self.matches('^[a-zA-Z0-9_-]+([.]fifo)?$')",
        message: 'must be the bare name of one queue: letters, digits, - and _; write no ARN, no URL and no wildcard',
      }),
    }),
    ...placeFields,
    ...kmsKeyField,
    ...accessFields('sqs'),
  },
  {
    description: 'Messages of one SQS queue.',
    example: { queue: 'thumbnails', access: ['Consume'] },
    ...celRules(accessOrActions),
  },
);
