/** A spec as a user writes it; sections are merged, lists replaced. */
export type Spec = Readonly<Record<string, unknown>>;

/** One field of the spec, and three versions of the spec that differ in it alone. */
export interface FieldRow {
  /** The schema's path, without the places in lists: `grants.s3.prefix`. */
  readonly path: string;
  /** The subject that the row is about; `lambda` when absent. */
  readonly subject?: SubjectKind;
  /** Merged into the base spec. The first of an optional field is the one without it. */
  readonly versions: readonly [Spec, Spec, Spec];
}

/** A field that the API server does not let change: the spec it is created with, and a change that is refused. */
export interface ImmutableRow {
  readonly path: string;
  readonly created: Spec;
  readonly changed: Spec;
}

export type SubjectKind = 'lambda' | 'ec2' | 'ecsTask' | 'service' | 'serviceAccount';

const KEY = 'arn:aws:kms:eu-west-1:123456789012:key/0b1c2d3e';
const OTHER_KEY = 'arn:aws:kms:eu-west-1:123456789012:key/4f5a6b7c';
const SOURCE_IP = { IpAddress: { 'aws:SourceIp': ['10.0.0.0/8'] } };
const SECURE = { Bool: { 'aws:SecureTransport': ['true'] } };

/** `grants` with one grant of `kind`, in three versions of its fields. */
function grants(kind: string, ...versions: readonly [object, object, object]): FieldRow['versions'] {
  return each(versions, (fields) => ({ grants: [{ [kind]: fields }] }));
}

/** As {@link grants}, the versions of one optional field beside `fixed`: without it, and with each value. */
function optional(kind: string, fixed: object, field: string, one: unknown, two: unknown): FieldRow['versions'] {
  return grants(kind, fixed, { ...fixed, [field]: one }, { ...fixed, [field]: two });
}

function each<T>([one, two, three]: readonly [T, T, T], of: (value: T) => Spec): FieldRow['versions'] {
  return [of(one), of(two), of(three)];
}

/** What every typed grant takes besides its resource. `fixed` is that resource. */
function accessRows(kind: string, fixed: object, verbs: [string, string], actions: [string, string]): FieldRow[] {
  const [verb, otherVerb] = verbs;
  const [action, otherAction] = actions;
  const withVerb = { ...fixed, access: [verb] };
  return [
    {
      path: `grants.${kind}.access`,
      versions: grants(kind, withVerb, { ...fixed, access: [otherVerb] }, { ...fixed, access: [verb, otherVerb] }),
    },
    {
      path: `grants.${kind}.actions`,
      versions: grants(kind, withVerb, { ...fixed, actions: [action] }, { ...fixed, actions: [otherAction] }),
    },
    { path: `grants.${kind}.conditions`, versions: optional(kind, withVerb, 'conditions', SOURCE_IP, SECURE) },
  ];
}

/** What a grant of a service with regions takes besides: account and region of its resource. */
function placeRows(kind: string, fixed: object): FieldRow[] {
  return [
    { path: `grants.${kind}.accountId`, versions: optional(kind, fixed, 'accountId', '111122223333', '444455556666') },
    { path: `grants.${kind}.region`, versions: optional(kind, fixed, 'region', 'eu-central-1', 'us-east-1') },
  ];
}

/** All rows of a service whose resource is named by `field` alone. */
function serviceRows(
  kind: string,
  field: string,
  verbs: [string, string],
  actions: [string, string],
  change: { kmsKey?: boolean } = {},
): FieldRow[] {
  const resource = { [field]: 'one' };
  const fixed = { ...resource, access: [verbs[0]] };
  const names = grants(kind, fixed, { ...fixed, [field]: 'two' }, { ...fixed, [field]: 'three' });
  return [
    { path: `grants.${kind}.${field}`, versions: names },
    ...accessRows(kind, resource, verbs, actions),
    ...placeRows(kind, fixed),
    ...(change.kmsKey === false
      ? []
      : [{ path: `grants.${kind}.kmsKey`, versions: optional(kind, fixed, 'kmsKey', KEY, OTHER_KEY) }]),
  ];
}

const s3 = { bucket: 'invoices', access: ['Write'] };
const dynamodb = { table: 'orders', access: ['Read'] };
const sqs = { queue: 'jobs', access: ['Consume'] };
const kms = { key: KEY, access: ['Decrypt'] };
const logs = { logGroup: '/app', access: ['Write'] };
const statement = { effect: 'Allow', actions: ['sns:Publish'], resources: ['arn:aws:sns:eu-west-1:123456789012:one'] };
const deny = { effect: 'Deny', actions: ['s3:*'], resources: ['*'] };

/** Every field of a grant. All of them end in the one permissions policy. */
export const GRANT_ROWS: readonly FieldRow[] = [
  {
    path: 'grants.name',
    versions: [{ grants: [{ s3 }] }, { grants: [{ s3, name: 'first' }] }, { grants: [{ s3, name: 'second' }] }],
  },
  {
    path: 'grants.s3.bucket',
    versions: grants('s3', s3, { ...s3, bucket: 'receipts' }, { ...s3, bucket: 'orders' }),
  },
  { path: 'grants.s3.prefix', versions: optional('s3', s3, 'prefix', 'one/', 'two/') },
  { path: 'grants.s3.kmsKey', versions: optional('s3', s3, 'kmsKey', KEY, OTHER_KEY) },
  ...accessRows('s3', { bucket: 'invoices' }, ['Get', 'Delete'], ['s3:GetObject', 's3:PutObject']),
  {
    path: 'grants.dynamodb.table',
    versions: grants('dynamodb', dynamodb, { ...dynamodb, table: 'carts' }, { ...dynamodb, table: 'users' }),
  },
  { path: 'grants.dynamodb.kmsKey', versions: optional('dynamodb', dynamodb, 'kmsKey', KEY, OTHER_KEY) },
  ...accessRows('dynamodb', { table: 'orders' }, ['Get', 'Delete'], ['dynamodb:GetItem', 'dynamodb:PutItem']),
  {
    path: 'grants.sqs.queue',
    versions: grants('sqs', sqs, { ...sqs, queue: 'mails' }, { ...sqs, queue: 'mails.fifo' }),
  },
  { path: 'grants.sqs.kmsKey', versions: optional('sqs', sqs, 'kmsKey', KEY, OTHER_KEY) },
  ...accessRows('sqs', { queue: 'jobs' }, ['Send', 'Consume'], ['sqs:SendMessage', 'sqs:ReceiveMessage']),
  {
    path: 'grants.kms.key',
    versions: grants('kms', kms, { ...kms, key: OTHER_KEY }, { ...kms, key: '0b1c2d3e-4f5a' }),
  },
  ...accessRows('kms', { key: KEY }, ['Encrypt', 'Decrypt'], ['kms:Encrypt', 'kms:Decrypt']),
  {
    path: 'grants.logs.logGroup',
    versions: grants('logs', logs, { ...logs, logGroup: '/web' }, { ...logs, logGroup: '/batch' }),
  },
  ...accessRows('logs', { logGroup: '/app' }, ['Write', 'Read'], ['logs:PutLogEvents', 'logs:GetLogEvents']),
  { path: 'grants.s3.accountId', versions: optional('s3', s3, 'accountId', '111122223333', '444455556666') },
  {
    path: 'grants.s3.key',
    versions: grants(
      's3',
      { bucket: 'invoices', access: ['Get'] },
      { bucket: 'invoices', key: 'one', access: ['Get'] },
      { bucket: 'invoices', key: 'two', access: ['Get'] },
    ),
  },
  { path: 'grants.dynamodb.index', versions: optional('dynamodb', dynamodb, 'index', 'by-day', 'by-name') },
  { path: 'grants.logs.kmsKey', versions: optional('logs', logs, 'kmsKey', KEY, OTHER_KEY) },
  ...placeRows('dynamodb', dynamodb),
  ...placeRows('sqs', sqs),
  ...placeRows('kms', { key: '0b1c2d3e-4f5a', access: ['Decrypt'] }),
  ...placeRows('logs', logs),
  ...serviceRows('events', 'bus', ['Put', 'Read'], ['events:PutEvents', 'events:DescribeEventBus'], { kmsKey: false }),
  ...serviceRows('kinesis', 'stream', ['Read', 'Write'], ['kinesis:GetRecords', 'kinesis:PutRecord']),
  ...serviceRows('lambda', 'function', ['Invoke', 'Read'], ['lambda:InvokeFunction', 'lambda:GetFunction'], {
    kmsKey: false,
  }),
  {
    path: 'grants.lambda.qualifier',
    versions: optional('lambda', { function: 'one', access: ['Invoke'] }, 'qualifier', 'live', 'next'),
  },
  ...serviceRows(
    'secretsmanager',
    'secret',
    ['Read', 'Write'],
    ['secretsmanager:GetSecretValue', 'secretsmanager:PutSecretValue'],
  ),
  ...serviceRows('sns', 'topic', ['Publish', 'Read'], ['sns:Publish', 'sns:GetTopicAttributes']),
  ...serviceRows('ssm', 'parameter', ['Read', 'Write'], ['ssm:GetParameter', 'ssm:PutParameter']),
  {
    path: 'grants.ssm.path',
    versions: grants(
      'ssm',
      { path: '/one', access: ['Read'] },
      { path: '/two', access: ['Read'] },
      { parameter: 'three', access: ['Read'] },
    ),
  },
  ...serviceRows('states', 'stateMachine', ['Start', 'Read'], ['states:StartExecution', 'states:DescribeStateMachine']),
  {
    path: 'grants.managedPolicy.arn',
    versions: grants(
      'managedPolicy',
      { arn: 'arn:aws:iam::aws:policy/ReadOnlyAccess' },
      { arn: 'arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess' },
      { arn: 'arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore' },
    ),
  },
  {
    path: 'grants.statement.effect',
    versions: grants('statement', statement, { ...statement, effect: 'Deny' }, { ...statement, effect: 'Deny' }),
  },
  {
    path: 'grants.statement.actions',
    versions: grants(
      'statement',
      statement,
      { ...statement, actions: ['sns:Subscribe'] },
      { ...statement, actions: ['sns:Get*', 'sns:List*'] },
    ),
  },
  {
    path: 'grants.statement.notActions',
    versions: grants(
      'statement',
      deny,
      { effect: 'Deny', notActions: ['s3:Get*'], resources: ['*'] },
      { effect: 'Deny', notActions: ['s3:List*'], resources: ['*'] },
    ),
  },
  {
    path: 'grants.statement.resources',
    versions: grants(
      'statement',
      statement,
      { ...statement, resources: ['arn:aws:sns:eu-west-1:123456789012:two'] },
      { ...statement, resources: ['arn:aws:sns:eu-west-1:123456789012:two-*'] },
    ),
  },
  {
    path: 'grants.statement.notResources',
    versions: grants(
      'statement',
      deny,
      { effect: 'Deny', actions: ['s3:*'], notResources: ['arn:aws:s3:::one/*'] },
      { effect: 'Deny', actions: ['s3:*'], notResources: ['arn:aws:s3:::two/*'] },
    ),
  },
  {
    path: 'grants.statement.conditions',
    versions: optional('statement', statement, 'conditions', SOURCE_IP, SECURE),
  },
];

const lambda = (field: string): FieldRow => ({
  path: `subject.lambda.${field}`,
  subject: 'lambda',
  versions: each([undefined, true, false], (value) => ({
    subject: { lambda: { functionName: 'base', ...(value === undefined ? {} : { [field]: value }) } },
  })),
});

const role = (field: string, one: unknown, two: unknown): FieldRow => ({
  path: `role.${field}`,
  versions: [{}, { role: { [field]: one } }, { role: { [field]: two } }],
});

/** Every field that may change and is none of a grant. */
export const SETTING_ROWS: readonly FieldRow[] = [
  {
    path: 'subject.lambda.functionName',
    subject: 'lambda',
    versions: each(['one', 'two', 'three'], (functionName) => ({ subject: { lambda: { functionName } } })),
  },
  {
    path: 'subject.serviceAccount.name',
    subject: 'serviceAccount',
    versions: each(['one', 'two', 'three'], (name) => ({ subject: { serviceAccount: { name } } })),
  },
  {
    path: 'subject.serviceAccount.via',
    subject: 'serviceAccount',
    versions: [
      {},
      { subject: { serviceAccount: { via: ['IRSA'] } } },
      { subject: { serviceAccount: { via: ['IRSA', 'PodIdentity'] } } },
    ],
  },
  {
    path: 'subject.service.sourceArn',
    subject: 'service',
    versions: each(['one', 'two', 'three'], (name) => ({
      subject: { service: { sourceArn: `arn:aws:states:eu-west-1:123456789012:stateMachine:${name}` } },
    })),
  },
  lambda('logs'),
  lambda('vpc'),
  lambda('tracing'),
  lambda('pinFunction'),
  role('description', 'first', 'second'),
  role('maxSessionDuration', '2h', '90m'),
  role('tags', { team: 'red', stage: 'prod' }, { team: 'blue' }),
  role('permissionsBoundary', 'arn:aws:iam::aws:policy/ReadOnlyAccess', 'arn:aws:iam::aws:policy/PowerUserAccess'),
  { path: 'drift.mode', versions: [{}, { drift: { mode: 'Report' } }, { drift: { mode: 'Repair' } }] },
  { path: 'drift.unmanaged', versions: [{}, { drift: { unmanaged: 'Report' } }, { drift: { unmanaged: 'Remove' } }] },
  {
    path: 'deletionPolicy',
    versions: [{}, { deletionPolicy: 'Retain' }, { deletionPolicy: 'Delete' }],
  },
  { path: 'suspend', versions: [{}, { suspend: true }, { suspend: false }] },
];

/** Stands for all fields of grants where pairs are made: between them only the one policy document changes. */
export const GRANTS_ROW: FieldRow = {
  path: 'grants',
  versions: [{}, { grants: [{ s3 }, { statement: deny }] }, { grants: [{ dynamodb }, { logs }] }],
};

const SUBJECTS: Readonly<Record<SubjectKind, object>> = {
  lambda: { lambda: { functionName: 'base' } },
  ec2: { ec2: {} },
  ecsTask: { ecsTask: {} },
  service: {
    service: { principal: 'states.amazonaws.com', sourceArn: 'arn:aws:states:eu-west-1:123456789012:stateMachine:one' },
  },
  serviceAccount: { serviceAccount: { name: 'base' } },
};

/** Fields that must change together with another, and so make no pairs. */
export const COUPLED_ROWS: readonly FieldRow[] = [
  {
    path: 'subject.service.principal',
    subject: 'service',
    versions: [
      {},
      {
        subject: {
          service: {
            principal: 'scheduler.amazonaws.com',
            sourceArn: 'arn:aws:scheduler:eu-west-1:123456789012:schedule-group/default',
          },
        },
      },
      {},
    ],
  },
];

export const IMMUTABLE_ROWS: readonly ImmutableRow[] = [
  { path: 'subject.ec2', created: specOf('ec2'), changed: specOf('lambda') },
  { path: 'subject.ecsTask', created: specOf('ecsTask'), changed: specOf('lambda') },
  { path: 'role.name', created: specOf('lambda'), changed: specOf('lambda', { role: { name: 'set-later' } }) },
  { path: 'role.name', created: specOf('lambda', { role: { name: 'first' } }), changed: specOf('lambda') },
  {
    path: 'role.name',
    created: specOf('lambda', { role: { name: 'first' } }),
    changed: specOf('lambda', { role: { name: 'second' } }),
  },
];

/** A valid spec with `subject`, into which `parts` are merged. */
export function specOf(subject: SubjectKind, ...parts: readonly Spec[]): Spec {
  return parts.reduce(merge, { subject: SUBJECTS[subject], grants: [{ sqs }] });
}

function merge(a: Spec, b: Spec): Spec {
  const both = Object.entries(b).map(([key, value]) => {
    const before = a[key];
    return [key, isSection(before) && isSection(value) ? merge(before, value) : value];
  });
  return { ...a, ...Object.fromEntries(both) };
}

function isSection(value: unknown): value is Spec {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
