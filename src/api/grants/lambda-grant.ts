import { celRules } from '../schema-builders.ts';
import { Type } from '../type.ts';
import { accessFields, accessOrActions, placeFields } from './grant-fields.ts';

export const lambdaGrant = Type.Object(
  {
    function: Type.String({
      description: 'Name of the function.',
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
          'Alias or version that is called. Without it only calls that name neither are allowed: they run the latest code.',
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
  { description: 'Calls of one Lambda function.', ...celRules(accessOrActions) },
);
