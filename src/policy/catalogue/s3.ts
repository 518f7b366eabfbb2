import type { VERBS } from '../../api/verbs.ts';
import type { CatalogueEntry } from './catalogue-entry.ts';

const LIST = ['ListBucket'];

export const s3: CatalogueEntry<(typeof VERBS.s3)[number]> = {
  service: 's3',
  sources: [
    'https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html',
    'https://docs.aws.amazon.com/AmazonS3/latest/userguide/mpuoverview.html#mpuAndPermissions',
    'https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html',
  ],
  resourceField: 'bucket',
  kinds: {
    bucket: {
      type: 'bucket',
      arns: ['arn:{partition}:s3:::{bucket}'],
      limit: {
        field: 'prefix',
        actions: ['ListBucket', 'ListBucketVersions', 'ListBucketMultipartUploads'],
        condition: { operator: 'StringLike', key: 's3:prefix', values: ['{prefix}*'] },
      },
    },
    object: { type: 'object', arns: ['arn:{partition}:s3:::{bucket}/{prefix}*'] },
  },
  verbs: {
    Read: { object: ['GetObject'], bucket: LIST },
    Get: { object: ['GetObject'] },
    List: { bucket: LIST },
    // AbortMultipartUpload gives up the workload's own unfinished upload; no object is lost by it.
    Write: { object: ['PutObject', 'AbortMultipartUpload'] },
    Delete: { object: ['DeleteObject'] },
  },
  companion: {
    viaService: 's3',
    // An upload in parts needs Decrypt: S3 reads the parts back to join them.
    verbs: { Read: ['Decrypt'], Get: ['Decrypt'], Write: ['Decrypt', 'GenerateDataKey'] },
    actions: ['Decrypt', 'GenerateDataKey'],
    // The object's ARN, or the bucket's where the bucket has a bucket key.
    contexts: [
      {
        key: 'aws:s3:arn',
        values: ['arn:{partition}:s3:::{bucket}', 'arn:{partition}:s3:::{bucket}/{prefix}*'],
      },
    ],
  },
};
