import type { VERBS } from '../../api/verbs.ts';
import type { CatalogueEntry } from './catalogue-entry.ts';

export const secretsmanager: CatalogueEntry<(typeof VERBS.secretsmanager)[number]> = {
  service: 'secretsmanager',
  sources: [
    'https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssecretsmanager.html',
    'https://docs.aws.amazon.com/secretsmanager/latest/userguide/security-encryption.html',
    'https://docs.aws.amazon.com/secretsmanager/latest/userguide/auth-and-access_iam-policies.html',
  ],
  notes: [
    '`BatchGetSecretValue` takes no resource: allow it in a statement grant on `*` beside `Read` of each secret.',
    'By name, the six characters that AWS puts behind it may be any: a secret that is deleted and made again under its name stays readable.',
    "`Write` puts new values; to change the secret's key, description or rotation, name `actions`.",
  ],
  resourceField: 'secret',
  kinds: {
    // AWS puts a hyphen and six characters of its own choice behind the name. Six `?` match these and no longer name.
    secret: {
      type: 'Secret',
      arns: ['arn:{partition}:secretsmanager:{region}:{accountId}:secret:{secret}-??????'],
      variants: [{ field: 'secret', startingWith: 'arn:', arns: ['{secret}'] }],
    },
  },
  verbs: {
    Read: { secret: ['DescribeSecret', 'GetSecretValue'] },
    Write: { secret: ['PutSecretValue'] },
  },
  companion: {
    viaService: 'secretsmanager',
    // A new value gets a new data key, and Secrets Manager asks for both to see whether the caller may use the key.
    verbs: { Read: ['Decrypt'], Write: ['Decrypt', 'GenerateDataKey'] },
    actions: ['Decrypt', 'GenerateDataKey'],
    contexts: [{ key: 'SecretARN', value: { kinds: ['secret'] } }],
  },
};
