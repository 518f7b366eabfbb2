import type { VERBS } from '../../api/verbs.ts';
import type { CatalogueEntry } from './catalogue-entry.ts';

export const sns: CatalogueEntry<(typeof VERBS.sns)[number]> = {
  service: 'sns',
  sources: [
    'https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsns.html',
    'https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html',
  ],
  notes: ['`Subscribe` is not limited to one endpoint; add `conditions` with `sns:Protocol` or `sns:Endpoint`.'],
  resourceField: 'topic',
  kinds: { topic: { type: 'topic', arns: ['arn:{partition}:sns:{region}:{accountId}:{topic}'] } },
  verbs: {
    Publish: { topic: ['Publish'] },
    Subscribe: { topic: ['Subscribe'] },
    Read: { topic: ['GetTopicAttributes', 'ListSubscriptionsByTopic'] },
  },
  companion: {
    viaService: 'sns',
    // A publisher decrypts each new data key once to check it.
    verbs: { Publish: ['Decrypt', 'GenerateDataKey'] },
    actions: ['Decrypt', 'GenerateDataKey'],
    contexts: [{ key: 'aws:sns:topicArn', value: { kinds: ['topic'] } }],
  },
};
