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
      description:
        'Name of the bucket. 3 to 63 lower-case letters, digits, - and ., without ARN and wildcard; no directory bucket and no access point.',
      example: 'invoices',
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
          'Limits the access to objects whose keys start with this prefix, and listing to them. It is taken literally, ends in a slash and does not start with one. Without prefix and key the whole bucket is meant. Give prefix or key, not both.',
        example: 'uploads/',
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
        description:
          'Limits the access to the one object with this key. It is taken literally and neither starts nor ends in a slash. Nothing can be listed then. Give prefix or key, not both.',
        example: 'config/settings.json',
        minLength: 1,
        maxLength: 512,
        ...celRules(
          { rule: "!self.endsWith('/')", message: "must not end in '/': give prefix for all that lies below it" },
          notAbsolute,
          literal,
        ),
      }),
    ),
    ...accountField(
      'AWS account that owns the bucket: 12 digits in quotation marks. With it the access holds only while the bucket belongs to that account; without it, whoever owns the bucket of that name. Another account must let the role in as well, by a policy on the bucket.',
    ),
    ...kmsKeyField,
    ...accessFields('s3'),
  },
  {
    description: 'Objects of one S3 bucket: all of them, those below a prefix, or a single one.',
    example: { bucket: 'invoices', prefix: 'uploads/', access: ['Write'] },
    ...celRules(accessOrActions, {
      rule: '!(has(self.prefix) && has(self.key))',
      message: 'may give prefix (all keys below it) or key (one object) and not both; leave one of them out',
    }),
  },
);
