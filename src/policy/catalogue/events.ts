import type { VERBS } from '../../api/verbs.ts';
import type { CatalogueEntry } from './catalogue-entry.ts';

/** A bus that is encrypted by a key of its own needs nothing of the sender on that key: its policy names EventBridge. */
export const events: CatalogueEntry<(typeof VERBS.events)[number]> = {
  service: 'events',
  sources: ['https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoneventbridge.html'],
  notes: [
    'Limit the events by `conditions` on `events:source` or `events:detail-type`.',
    'A bus under a key of its own needs nothing of the sender on that key.',
  ],
  resourceField: 'bus',
  kinds: { bus: { type: 'event-bus', arns: ['arn:{partition}:events:{region}:{accountId}:event-bus/{bus}'] } },
  verbs: {
    Put: { bus: ['PutEvents'] },
    Read: { bus: ['DescribeEventBus'] },
  },
};
