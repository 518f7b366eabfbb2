import { celRules } from '../schema-builders.ts';
import { Type } from '../type.ts';
import { accessFields, accessOrActions, kmsKeyField, placeFields } from './grant-fields.ts';

export const kinesisGrant = Type.Object(
  {
    stream: Type.String({
      description: 'Name of the data stream. Up to 128 letters, digits, _, . and -, without ARN and wildcard.',
      example: 'clicks',
      minLength: 1,
      maxLength: 128,
      ...celRules({
        rule: "self.matches('^[a-zA-Z0-9_.-]+$')",
        message: 'must be the bare name of one stream: letters, digits, _, . and -; write no ARN and no wildcard',
      }),
    }),
    ...placeFields,
    ...kmsKeyField,
    ...accessFields('kinesis'),
  },
  {
    description: 'Records of one Kinesis data stream.',
    example: { stream: 'clicks', access: ['Read'] },
    ...celRules(accessOrActions),
  },
);
