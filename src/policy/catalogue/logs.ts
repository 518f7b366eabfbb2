import type { VERBS } from '../../api/verbs.ts';
import type { CatalogueEntry } from './catalogue-entry.ts';

const GROUP = 'arn:{partition}:logs:{region}:{accountId}:log-group:{logGroup}';

const KEY_ACTIONS = ['Decrypt', 'GenerateDataKey'];

export const logs: CatalogueEntry<(typeof VERBS.logs)[number]> = {
  service: 'logs',
  sources: [
    'https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoncloudwatchlogs.html',
    'https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/iam-access-control-overview-cwl.html',
    'https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html',
  ],
  notes: [
    '`Write` makes and fills streams, `Create` makes the group itself.',
    'Whether a caller needs rights on the key at all depends on when the group was made; `kmsKey` gives what AWS gives in its own policy for callers.',
  ],
  resourceField: 'logGroup',
  kinds: {
    // Most actions on a group name it with `:*` at its end, some without; both forms mean this group alone.
    logGroup: { type: 'log-group', arns: [GROUP, `${GROUP}:*`] },
    logStream: { type: 'log-stream', arns: [`${GROUP}:log-stream:*`] },
  },
  verbs: {
    Write: { logStream: ['CreateLogStream', 'PutLogEvents'] },
    Create: { logGroup: ['CreateLogGroup'] },
    Read: { logGroup: ['DescribeLogStreams', 'FilterLogEvents', 'GetLogGroupFields'], logStream: ['GetLogEvents'] },
  },
  companion: {
    viaService: 'logs',
    // As AWS's own policy for callers has it. Its guide names more, and does not say which call needs which part.
    verbs: { Write: KEY_ACTIONS, Read: ['Decrypt'] },
    actions: KEY_ACTIONS,
    contexts: [{ key: 'aws:logs:arn', value: { patterns: [GROUP] } }],
  },
};
