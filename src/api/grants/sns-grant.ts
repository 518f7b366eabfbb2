import { celRules } from '../schema-builders.ts';
import { Type } from '../type.ts';
import { accessFields, accessOrActions, kmsKeyField, placeFields } from './grant-fields.ts';

export const snsGrant = Type.Object(
  {
    topic: Type.String({
      description:
        'Name of the topic. Up to 256 letters, digits, - and _, without ARN. The name of a FIFO topic ends in .fifo.',
      example: 'order-events',
      minLength: 1,
      maxLength: 256,
      ...celRules({
        rule: "self.matches('^[a-zA-Z0-9_-]+([.]fifo)?$')",
        message: 'must be the bare name of one topic: letters, digits, - and _; write no ARN and no wildcard',
      }),
    }),
    ...placeFields,
    ...kmsKeyField,
    ...accessFields('sns'),
  },
  {
    description: 'One SNS topic.',
    example: { topic: 'order-events', access: ['Publish'] },
    ...celRules(accessOrActions),
  },
);
