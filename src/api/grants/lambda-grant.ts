import { celRules } from '../schema-builders.ts';
import { Type } from '../type.ts';
import { accessFields, accessOrActions, placeFields } from './grant-fields.ts';

export const lambdaGrant = Type.Object(
  {
    function: Type.String({
      description: 'Name of the function. 1 to 64 letters, digits, - and _, without ARN and qualifier.',
      example: 'resize',
      minLength: 1,
      maxLength: 64,
      ...celRules({
        rule: "self.matches('^[a-zA-Z0-9_-]+$')",
        message: 'must be the bare name of one function: letters, digits, - and _; write no ARN and no wildcard',
      }),
    }),
    qualifier: Type.Optional(
      Type.String({
        description:
          'Alias or version that may be called, or $LATEST. Without it only calls that name none of them are allowed; they run the latest code.',
        example: 'live',
        minLength: 1,
        maxLength: 128,
        ...celRules({
          rule: "self.matches('^[a-zA-Z0-9_-]+$') || self == '$LATEST'",
          message: 'must be $LATEST, one alias or one version: letters, digits, - and _; write no wildcard',
        }),
      }),
    ),
    ...placeFields,
    ...accessFields('lambda'),
  },
  {
    description: 'Calls of one Lambda function.',
    example: { function: 'resize', qualifier: 'live', access: ['Invoke'] },
    ...celRules(accessOrActions),
  },
);
