import type { VERBS } from '../../api/verbs.ts';
import type { CatalogueEntry } from './catalogue-entry.ts';

export const kms: CatalogueEntry<(typeof VERBS.kms)[number]> = {
  service: 'kms',
  sources: ['https://docs.aws.amazon.com/service-authorization/latest/reference/list_awskeymanagementservice.html'],
  notes: ["The policy of the key must let the account's IAM policies decide, as it does unless somebody changed it."],
  resourceField: 'key',
  kinds: {
    key: {
      type: 'key',
      arns: ['arn:{partition}:kms:{region}:{accountId}:key/{key}'],
      variants: [{ field: 'key', startingWith: 'arn:', arns: ['{key}'] }],
    },
  },
  verbs: {
    Encrypt: { key: ['Encrypt'] },
    Decrypt: { key: ['Decrypt'] },
    GenerateDataKey: { key: ['GenerateDataKey', 'GenerateDataKeyWithoutPlaintext'] },
    Sign: { key: ['Sign'] },
    Verify: { key: ['Verify'] },
    GenerateMac: { key: ['GenerateMac'] },
    VerifyMac: { key: ['VerifyMac'] },
    Read: { key: ['DescribeKey', 'GetPublicKey'] },
  },
};
