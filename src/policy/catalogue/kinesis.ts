import type { VERBS } from '../../api/verbs.ts';
import type { CatalogueEntry } from './catalogue-entry.ts';

const STREAM = 'arn:{partition}:kinesis:{region}:{accountId}:stream/{stream}';

export const kinesis: CatalogueEntry<(typeof VERBS.kinesis)[number]> = {
  service: 'kinesis',
  sources: [
    'https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonkinesis.html',
    'https://docs.aws.amazon.com/streams/latest/dev/controlling-access.html',
    'https://docs.aws.amazon.com/streams/latest/dev/permissions-user-key-KMS.html',
  ],
  notes: [
    'The Kinesis client libraries also keep DynamoDB tables and write CloudWatch metrics; grant those beside.',
    '`Write` puts records and looks at nothing. A producer that looks up the shards first, as the Kinesis Producer Library does, also needs `Read`.',
    '`Subscribe` is enhanced fan-out: it registers consumers of the stream, and may use those of others on it.',
  ],
  resourceField: 'stream',
  kinds: {
    stream: { type: 'stream', arns: [STREAM] },
    consumer: { type: 'consumer', arns: [`${STREAM}/consumer/*`] },
  },
  verbs: {
    Read: { stream: ['DescribeStream', 'DescribeStreamSummary', 'GetRecords', 'GetShardIterator', 'ListShards'] },
    Write: { stream: ['PutRecord', 'PutRecords'] },
    // Enhanced fan-out: a consumer registers itself, then each shard is pushed to it.
    Subscribe: {
      stream: ['DescribeStreamSummary', 'ListShards', 'RegisterStreamConsumer'],
      consumer: ['DescribeStreamConsumer', 'SubscribeToShard'],
    },
  },
  companion: {
    viaService: 'kinesis',
    verbs: { Read: ['Decrypt'], Subscribe: ['Decrypt'], Write: ['GenerateDataKey'] },
    actions: ['Decrypt', 'GenerateDataKey'],
    contexts: [{ key: 'aws:kinesis:arn', value: { kinds: ['stream'] } }],
  },
};
