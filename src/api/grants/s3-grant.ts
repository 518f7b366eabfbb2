import { celRules } from '../schema-builders.ts';
import { Type } from '../type.ts';
import { accessFields, accessOrActions, accountField, kmsKeyField } from './grant-fields.ts';

const notAbsolute = { rule: "!self.startsWith('/')", message: "must not start with '/': object keys do not" };
const literal = {
  rule: "!self.matches('[*?]') && !self.contains('$' + '{')",
  message: 'is taken literally: it may not contain *, ? or a policy variable',
};

export const s3Grant = Type.Object(
  {
    bucket: Type.String({
      description: 'Name of the bucket.',
      minLength: 3,
      maxLength: 63,
      ...celRules(
        {
          rule: "self.matches('^[a-z0-9][a-z0-9.-]*[a-z0-9]$')",
          message:
            'must be the bare name of one bucket: lower-case letters, digits, - and .; write no ARN and no wildcard',
        },
        {
          rule: "!self.endsWith('--x-s3') && !self.endsWith('-s3alias')",
          message:
            'must be a bucket of general purpose: for a directory bucket or an access point use a statement grant',
        },
      ),
    }),
    prefix: Type.Optional(
      Type.String({
        description:
          'Limits the access to keys below this prefix. Ends in a slash. Without it and without key the whole bucket is meant.',
        minLength: 1,
        maxLength: 512,
        ...celRules(
          {
            rule: "self.endsWith('/')",
            message: "must end in '/': without it 'uploads' would also match 'uploads-secret'",
          },
          notAbsolute,
          literal,
        ),
      }),
    ),
    key: Type.Optional(
      Type.String({
        description: 'Limits the access to the one object with this key.',
        minLength: 1,
        maxLength: 512,
        ...celRules(
          { rule: "!self.endsWith('/')", message: "must not end in '/': give prefix for all that lies below it" },
          notAbsolute,
          literal,
        ),
      }),
    ),
    ...accountField,
    ...kmsKeyField,
    ...accessFields('s3'),
  },
  {
    description: 'Objects of one S3 bucket.',
    ...celRules(accessOrActions, {
      rule: '!(has(self.prefix) && has(self.key))',
      message: 'may give prefix (all keys below it) or key (one object) and not both; leave one of them out',
    }),
  },
);
