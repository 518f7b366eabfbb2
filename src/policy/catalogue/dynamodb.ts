import type { VERBS } from '../../api/verbs.ts';
import type { CatalogueEntry } from './catalogue-entry.ts';

const TABLE = 'arn:{partition}:dynamodb:{region}:{accountId}:table/{table}';

export const dynamodb: CatalogueEntry<(typeof VERBS.dynamodb)[number]> = {
  service: 'dynamodb',
  sources: [
    'https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazondynamodb.html',
    'https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/encryption.usagenotes.html',
  ],
  notes: [
    'A condition check inside a transaction that writes needs `Read` as well.',
    '`Write` puts and updates; both can return the item they replace, for DynamoDB has no permission that keeps that back.',
    'A batch may delete, so `BatchWrite` is a verb of its own.',
    '`index` narrows the grant to one secondary index, where items can be queried and scanned.',
    '`Stream` reads the stream of the table, whichever time it was switched on.',
  ],
  resourceField: 'table',
  kinds: {
    table: { type: 'table', arns: [TABLE], variants: [{ field: 'index', arns: [] }] },
    index: {
      type: 'index',
      arns: [`${TABLE}/index/*`],
      variants: [{ field: 'index', arns: [`${TABLE}/index/{index}`] }],
    },
    // The last part of a stream's ARN is the time it was switched on, which nobody can tell beforehand.
    stream: { type: 'stream', arns: [`${TABLE}/stream/*`], variants: [{ field: 'index', arns: [] }] },
  },
  verbs: {
    Read: {
      table: ['BatchGetItem', 'ConditionCheckItem', 'DescribeTable', 'GetItem', 'Query', 'Scan'],
      index: ['Query', 'Scan'],
    },
    Get: { table: ['BatchGetItem', 'GetItem'] },
    // Both can return the item they replace; DynamoDB has no permission that keeps that back.
    Write: { table: ['PutItem', 'UpdateItem'] },
    Delete: { table: ['DeleteItem'] },
    // A batch may delete too, so it is a verb of its own and no part of Write.
    BatchWrite: { table: ['BatchWriteItem'] },
    Stream: { stream: ['DescribeStream', 'GetRecords', 'GetShardIterator'] },
  },
  companion: {
    viaService: 'dynamodb',
    // The service's own key hierarchy needs Decrypt alone for what a caller does; Encrypt is on AWS's list of what
    // DynamoDB asks of a customer's key at the least, so a writer gets it: bound to this table, it opens nothing more.
    verbs: {
      Read: ['Decrypt'],
      Get: ['Decrypt'],
      Write: ['Decrypt', 'Encrypt'],
      Delete: ['Decrypt'],
      BatchWrite: ['Decrypt', 'Encrypt'],
      Stream: ['Decrypt'],
    },
    actions: ['Decrypt', 'Encrypt'],
    contexts: [
      { key: 'aws:dynamodb:tableName', value: { patterns: ['{table}'] } },
      { key: 'aws:dynamodb:subscriberId', value: { patterns: ['{accountId}'] } },
    ],
  },
};
