import { celRules } from '../schema-builders.ts';
import { Type } from '../type.ts';
import { accessFields, accessOrActions, placeFields } from './grant-fields.ts';
import { placeOnlyByName } from './place-only-by-name.ts';

export const kmsGrant = Type.Object(
  {
    key: Type.String({
      description:
        'Id of one KMS key, or its full ARN. An alias does not work in a policy. Beside an ARN, leave region and accountId out.',
      example: '1234abcd-12ab-34cd-56ef-1234567890ab',
      minLength: 1,
      maxLength: 512,
      ...celRules({
        rule: "self.matches('^(arn:[a-z0-9-]+:kms:[a-z0-9-]+:[0-9]{12}:key/)?[a-zA-Z0-9-]+$')",
        message:
          'must be a key id or arn:<partition>:kms:<region>:<account>:key/<id>; an alias does not work in a policy',
      }),
    }),
    ...placeFields,
    ...accessFields('kms'),
  },
  {
    description:
      'Direct use of one KMS key by the workload itself. For what S3, SQS and the like do with a key on its behalf, give kmsKey in their grants.',
    example: { key: '1234abcd-12ab-34cd-56ef-1234567890ab', access: ['Decrypt'] },
    ...celRules(accessOrActions, placeOnlyByName('key')),
  },
);
