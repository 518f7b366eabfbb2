import type { VERBS } from '../../api/verbs.ts';
import type { CatalogueEntry, KindCondition } from './catalogue-entry.ts';

const BUCKET = 'arn:{partition}:s3:::{bucket}';
const LISTS = ['ListBucket', 'ListBucketVersions'];

/** A bucket's ARN names no account: without this, whoever gets hold of the bucket's name gets the data. */
const IN_ACCOUNT: KindCondition = {
  field: 'accountId',
  operator: 'StringEquals',
  key: 'aws:ResourceAccount',
  values: ['{accountId}'],
};

export const s3: CatalogueEntry<(typeof VERBS.s3)[number]> = {
  service: 's3',
  sources: [
    'https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html',
    'https://docs.aws.amazon.com/AmazonS3/latest/userguide/mpuoverview.html#mpuAndPermissions',
    'https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html',
  ],
  notes: [
    '`Delete` hides an object of a versioned bucket; `DeleteVersions` deletes a version for good.',
    '`Read` and `List` of a `prefix` list that prefix only: a client that lists the whole bucket first is refused.',
    'With `key` nothing is listed: a key as prefix would show every key that begins with it. A missing object then answers 403 and not 404.',
    '`Write` overwrites, which in a bucket without versions loses what was there.',
    'Objects under `SSE-KMS` need `kmsKey`; the key may be used by way of S3 and for this bucket only.',
  ],
  resourceField: 'bucket',
  kinds: {
    bucket: {
      type: 'bucket',
      arns: [BUCKET],
      // To list with a key as prefix lists every key that begins with it.
      variants: [{ field: 'key', arns: [] }],
      conditions: [
        { field: 'prefix', operator: 'StringLike', key: 's3:prefix', values: ['{prefix}*'], limits: LISTS },
        IN_ACCOUNT,
      ],
    },
    object: {
      type: 'object',
      arns: [`${BUCKET}/{prefix}*`],
      variants: [{ field: 'key', arns: [`${BUCKET}/{key}`] }],
      conditions: [IN_ACCOUNT],
    },
  },
  verbs: {
    Read: { object: ['GetObject'], bucket: ['ListBucket'] },
    Get: { object: ['GetObject'] },
    List: { bucket: ['ListBucket'] },
    // AbortMultipartUpload gives up the workload's own unfinished upload; no object is lost by it.
    Write: { object: ['PutObject', 'AbortMultipartUpload'] },
    Delete: { object: ['DeleteObject'] },
    ReadVersions: { object: ['GetObjectVersion'], bucket: ['ListBucketVersions'] },
    // Deletes for good; Delete only hides an object of a versioned bucket.
    DeleteVersions: { object: ['DeleteObjectVersion'] },
    ReadTags: { object: ['GetObjectTagging'] },
    WriteTags: { object: ['PutObjectTagging'] },
    DeleteTags: { object: ['DeleteObjectTagging'] },
  },
  companion: {
    viaService: 's3',
    // An upload in parts needs Decrypt: S3 reads the parts back to join them.
    verbs: {
      Read: ['Decrypt'],
      Get: ['Decrypt'],
      ReadVersions: ['Decrypt'],
      Write: ['Decrypt', 'GenerateDataKey'],
    },
    actions: ['Decrypt', 'GenerateDataKey'],
    // The object's ARN, or the bucket's where the bucket has a bucket key.
    contexts: [{ key: 'aws:s3:arn', value: { kinds: ['bucket', 'object'] } }],
  },
};
