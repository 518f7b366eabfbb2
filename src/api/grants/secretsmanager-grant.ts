import { celRules } from '../schema-builders.ts';
import { Type } from '../type.ts';
import { accessFields, accessOrActions, kmsKeyField, placeFields } from './grant-fields.ts';
import { placeOnlyByName } from './place-only-by-name.ts';

export const secretsmanagerGrant = Type.Object(
  {
    secret: Type.String({
      description:
        'Name of the secret, or its full ARN with the six characters that AWS puts at its end. By name, a secret made again under the same name is meant too; by ARN it is not. Beside an ARN, leave region and accountId out.',
      example: 'prod/db-password',
      minLength: 1,
      maxLength: 640,
      ...celRules({
        rule: "self.matches('^[a-zA-Z0-9/_+=.@-]{1,512}$') || self.matches('^arn:[a-z0-9-]+:secretsmanager:[a-z0-9-]+:[0-9]{12}:secret:[a-zA-Z0-9/_+=.@-]+-[a-zA-Z0-9]{6}$')",
        message:
          'must be the name of one secret (letters, digits and / _ + = . @ -) or its full ARN with the six characters at the end; write no wildcard',
      }),
    }),
    ...placeFields,
    ...kmsKeyField,
    ...accessFields('secretsmanager'),
  },
  {
    description: 'The value of one secret in AWS Secrets Manager.',
    example: { secret: 'prod/db-password', access: ['Read'] },
    ...celRules(accessOrActions, placeOnlyByName('secret')),
  },
);
