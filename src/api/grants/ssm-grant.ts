import { celRules } from '../schema-builders.ts';
import { Type } from '../type.ts';
import { accessFields, accessOrActions, kmsKeyField, placeFields } from './grant-fields.ts';

export const ssmGrant = Type.Object(
  {
    parameter: Type.Optional(
      Type.String({
        description:
          'Name of one parameter, with all slashes in it: /app/db-password or db-password. Give parameter or path, not both.',
        example: '/app/db-password',
        minLength: 1,
        maxLength: 1011,
        ...celRules({
          rule: "self.matches('^/?[a-zA-Z0-9_.-]+(/[a-zA-Z0-9_.-]+)*$')",
          message: 'must be the name of one parameter: letters, digits, _ . - and single slashes; write no wildcard',
        }),
      }),
    ),
    path: Type.Optional(
      Type.String({
        description:
          'Path that all parameters below are meant of, at any depth. It starts with a slash and does not end in one. Give parameter or path, not both.',
        example: '/app/prod',
        minLength: 2,
        maxLength: 1011,
        ...celRules({
          rule: "self.matches('^(/[a-zA-Z0-9_.-]+)+$')",
          message:
            "must start with '/' and not end in one, as in /app/prod: letters, digits, _ . - and single slashes; write no wildcard",
        }),
      }),
    ),
    ...placeFields,
    ...kmsKeyField,
    ...accessFields('ssm'),
  },
  {
    description:
      'Parameters of the Systems Manager Parameter Store: a single one, or all below a path. A SecureString under a key of your own needs kmsKey too.',
    example: { path: '/app/prod', access: ['Read'] },
    ...celRules(accessOrActions, {
      rule: 'has(self.parameter) != has(self.path)',
      message: 'must give parameter (one) or path (all below it): one of the two and not both',
    }),
  },
);
