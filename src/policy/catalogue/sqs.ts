import type { VERBS } from '../../api/verbs.ts';
import type { CatalogueEntry } from './catalogue-entry.ts';

const QUEUE = 'arn:{partition}:sqs:{region}:{accountId}:{queue}';
const LOOK = ['GetQueueAttributes', 'GetQueueUrl'];

export const sqs: CatalogueEntry<(typeof VERBS.sqs)[number]> = {
  service: 'sqs',
  sources: [
    'https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsqs.html',
    'https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html',
  ],
  notes: [
    '`Send` and `Consume` include what finds the queue: its URL and attributes.',
    'Messages in a dead-letter queue keep the key of the queue they came from: who consumes one also needs a grant on that queue.',
  ],
  resourceField: 'queue',
  kinds: { queue: { type: 'queue', arns: [QUEUE] } },
  verbs: {
    Send: { queue: [...LOOK, 'SendMessage'] },
    Consume: { queue: [...LOOK, 'ChangeMessageVisibility', 'DeleteMessage', 'ReceiveMessage'] },
    Read: { queue: LOOK },
    Purge: { queue: ['PurgeQueue'] },
  },
  companion: {
    viaService: 'sqs',
    // A sender decrypts each new data key once to check it. Messages in a dead-letter queue keep the key and the context
    // of the queue they came from: who consumes one also needs a grant on that queue.
    verbs: { Send: ['Decrypt', 'GenerateDataKey'], Consume: ['Decrypt'] },
    actions: ['Decrypt', 'GenerateDataKey'],
    contexts: [{ key: 'aws:sqs:arn', value: { kinds: ['queue'] } }],
  },
};
