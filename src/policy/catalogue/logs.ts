import type { VERBS } from '../../api/verbs.ts';
import type { CatalogueEntry } from './catalogue-entry.ts';

const GROUP = 'arn:{partition}:logs:{region}:{accountId}:log-group:{logGroup}';

export const logs: CatalogueEntry<(typeof VERBS.logs)[number]> = {
  service: 'logs',
  sources: [
    'https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoncloudwatchlogs.html',
    'https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/iam-access-control-overview-cwl.html',
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
};
