import { celRules } from '../schema-builders.ts';
import { Type } from '../type.ts';
import { accessFields, accessOrActions, kmsKeyField, placeFields } from './grant-fields.ts';

const tableName = (what: string) =>
  celRules({
    rule: "self.matches('^[a-zA-Z0-9_.-]+$')",
    message: `must be the bare name of one ${what}: letters, digits, _, - and .; write no ARN, no slash and no wildcard`,
  });

export const dynamodbGrant = Type.Object(
  {
    table: Type.String({
      description:
        'Name of the table. 3 to 255 letters, digits, _, - and ., without ARN. Its indexes may be read with it, unless index names one.',
      example: 'orders',
      minLength: 3,
      maxLength: 255,
      ...tableName('table'),
    }),
    index: Type.Optional(
      Type.String({
        description:
          'Limits the access to this one secondary index; the table itself and its other indexes are then left out. Only what can be done on an index may be asked for with it, such as Read.',
        example: 'by-date',
        minLength: 3,
        maxLength: 255,
        ...tableName('index'),
      }),
    ),
    ...placeFields,
    ...kmsKeyField,
    ...accessFields('dynamodb'),
  },
  {
    description: 'Items of one DynamoDB table, its indexes and its stream.',
    example: { table: 'orders', access: ['Read'] },
    ...celRules(accessOrActions),
  },
);
