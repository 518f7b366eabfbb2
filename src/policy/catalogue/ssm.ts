import type { VERBS } from '../../api/verbs.ts';
import type { CatalogueEntry } from './catalogue-entry.ts';

/** A parameter's ARN has one slash between `parameter` and the name, whether the name begins with one or not. */
const PARAMETER = 'arn:{partition}:ssm:{region}:{accountId}:parameter';

/** What AWS itself publishes for everybody lies here, and belongs to no account. */
const AWS_PATH = '/aws/service';
const AWS_PARAMETER = 'arn:{partition}:ssm:{region}::parameter';

export const ssm: CatalogueEntry<(typeof VERBS.ssm)[number]> = {
  service: 'ssm',
  sources: [
    'https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssystemsmanager.html',
    'https://docs.aws.amazon.com/systems-manager/latest/userguide/sysman-paramstore-access.html',
    'https://docs.aws.amazon.com/kms/latest/developerguide/services-parameter-store.html',
  ],
  notes: [
    '`path` is for all parameters below it, at any depth. AWS lets whoever may list a path list all below it, even where another statement denies a part.',
    'A `SecureString` under a key of your own needs `kmsKey`; under the key that AWS keeps for Parameter Store it does not.',
  ],
  resourceField: 'parameter',
  kinds: {
    parameter: {
      type: 'parameter',
      arns: [`${PARAMETER}{/parameter}`],
      variants: [
        { field: 'path', startingWith: AWS_PATH, arns: [`${AWS_PARAMETER}{/path}/*`] },
        { field: 'path', arns: [`${PARAMETER}{/path}/*`] },
        { field: 'parameter', startingWith: AWS_PATH, arns: [`${AWS_PARAMETER}{/parameter}`] },
      ],
    },
    // To list a path is judged on the path itself, and deeper paths may be listed too; no single value is read by it.
    path: {
      type: 'parameter',
      arns: [],
      variants: [
        { field: 'path', startingWith: AWS_PATH, arns: [`${AWS_PARAMETER}{/path}`, `${AWS_PARAMETER}{/path}/*`] },
        { field: 'path', arns: [`${PARAMETER}{/path}`, `${PARAMETER}{/path}/*`] },
      ],
      only: ['GetParametersByPath'],
    },
  },
  verbs: {
    Read: { parameter: ['GetParameter', 'GetParameters'], path: ['GetParametersByPath'] },
    Get: { parameter: ['GetParameter', 'GetParameters'] },
    Write: { parameter: ['PutParameter'] },
    Delete: { parameter: ['DeleteParameter', 'DeleteParameters'] },
  },
  companion: {
    viaService: 'ssm',
    // A standard SecureString is encrypted by KMS itself, an advanced one under a data key.
    verbs: { Read: ['Decrypt'], Get: ['Decrypt'], Write: ['Encrypt', 'GenerateDataKey'] },
    actions: ['Decrypt', 'Encrypt', 'GenerateDataKey'],
    contexts: [{ key: 'PARAMETER_ARN', value: { kinds: ['parameter'] } }],
  },
};
