import type { VERBS } from '../../api/verbs.ts';
import type { CatalogueEntry } from './catalogue-entry.ts';

const GROUP = 'arn:{partition}:logs:{region}:{accountId}:log-group:{logGroup}';

const KEY_ACTIONS = ['Decrypt', 'DescribeKey', 'Encrypt', 'GenerateDataKey', 'ReEncryptFrom', 'ReEncryptTo'];

export const logs: CatalogueEntry<(typeof VERBS.logs)[number]> = {
  service: 'logs',
  sources: [
    'https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoncloudwatchlogs.html',
    'https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/iam-access-control-overview-cwl.html',
    'https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html',
  ],
  notes: [
    '`Write` makes and fills streams, `Create` makes the group itself.',
    'With `kmsKey` the grant holds all that AWS names for callers: it does not publish which call needs which part.',
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
    // AWS names one set for all that a caller does and does not say which call needs which part of it.
    verbs: { Write: KEY_ACTIONS, Read: ['Decrypt', 'DescribeKey'] },
    actions: KEY_ACTIONS,
    // DescribeKey carries no context, and AWS binds callers by the service alone.
    contexts: [],
  },
};
