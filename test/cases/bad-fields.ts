import type { BadInput } from './bad-input-row.ts';

type Row = Omit<BadInput, 'refusedBy'>;

const subjects: readonly Row[] = [
  {
    title: 'no subject',
    spec: 'subject: {}',
    path: 'spec.subject',
    message: 'must name exactly one subject: one of lambda, ec2, ecsTask, serviceAccount, service',
  },
  {
    title: 'subject left out',
    document: `apiVersion: appaccess.dev/v1alpha1
kind: AppAccess
metadata: {name: bad-input}
spec: {grants: [{s3: {bucket: invoices, access: [Read]}}]}
`,
    path: 'spec.subject',
    message: 'is required',
    serverMessage: 'Required value',
  },
  {
    title: 'two subjects',
    spec: 'subject: {lambda: {functionName: a}, ec2: {}}',
    path: 'spec.subject',
    message: 'must name exactly one subject',
  },
  {
    title: 'function given by its ARN',
    spec: 'subject: {lambda: {functionName: "arn:aws:lambda:eu-west-1:111122223333:function:a"}}',
    path: 'spec.subject.lambda.functionName',
    message: 'write no ARN and no qualifier',
  },
  {
    title: 'service account with a wildcard',
    spec: 'subject: {serviceAccount: {name: "uploader-*"}}',
    path: 'spec.subject.serviceAccount.name',
    message: 'without wildcards',
  },
  {
    title: 'the same way to a service account twice',
    spec: 'subject: {serviceAccount: {name: uploader, via: [IRSA, IRSA]}}',
    path: 'spec.subject.serviceAccount.via[1]',
    message: 'repeats "IRSA"; leave one of them out',
    serverMessage: 'Duplicate value: "IRSA"',
  },
  {
    title: 'service that sends no source',
    spec: 'subject: {service: {principal: firehose.amazonaws.com, sourceArn: "arn:aws:firehose:eu-west-1:111122223333:deliverystream/a"}}',
    path: 'spec.subject.service.principal',
    message: 'must be one of appsync.amazonaws.com',
    serverMessage: 'Unsupported value',
  },
  {
    title: 'service without a source',
    spec: 'subject: {service: {principal: states.amazonaws.com}}',
    path: 'spec.subject.service.sourceArn',
    message: 'is required',
    serverMessage: 'Required value',
  },
  {
    title: 'source that is no ARN',
    spec: 'subject: {service: {principal: states.amazonaws.com, sourceArn: orders-machine}}',
    path: 'spec.subject.service.sourceArn',
    message: 'must be a full ARN',
  },
  {
    title: 'ECS task with a cluster',
    spec: 'subject: {ecsTask: {cluster: main}}',
    path: 'spec.subject.ecsTask.cluster',
    message: 'is not a known field; nothing can be set here; write {}',
    serverMessage: 'unknown field',
  },
  {
    title: 'kind of subject changed later',
    was: 'subject: {ec2: {}}',
    spec: 'subject: {lambda: {functionName: a}}',
    path: 'spec.subject',
    message: 'the kind of subject cannot be changed; delete this AppAccess and create another one',
  },
];

const grants: readonly Row[] = [
  {
    title: 'no grant',
    spec: 'grants: []',
    path: 'spec.grants',
    message: 'must have at least 1 item',
    serverMessage: 'should have at least 1 items',
  },
  {
    title: 'a grant of no kind',
    spec: 'grants: [{name: a}]',
    path: 'spec.grants[0]',
    message:
      'must hold exactly one kind of grant: one of s3, dynamodb, sqs, sns, kms, logs, secretsmanager, ssm, lambda, events, kinesis, states, statement, managedPolicy',
  },
  {
    title: 'a grant of two kinds',
    spec: 'grants: [{s3: {bucket: invoices, access: [Read]}, sqs: {queue: jobs, access: [Send]}}]',
    path: 'spec.grants[0]',
    message: 'must hold exactly one kind of grant',
  },
  {
    title: 'two grants of one name',
    spec: 'grants: [{name: a, sqs: {queue: jobs, access: [Send]}}, {name: a, sqs: {queue: work, access: [Send]}}]',
    path: 'spec.grants',
    message: 'names of grants must be unique; rename or leave out the second one',
  },
  {
    title: 'unknown field',
    spec: 'grants: [{s3: {bucket: invoices, prefx: uploads/, access: [Write]}}]',
    path: 'spec.grants[0].s3.prefx',
    message: 'is not a known field; did you mean prefix?',
    serverMessage: 'unknown field "spec.grants[0].s3.prefx"',
  },
  {
    title: 'empty access',
    spec: 'grants: [{s3: {bucket: invoices, access: []}}]',
    path: 'spec.grants[0].s3.access',
    message: 'must have at least 1 item',
    serverMessage: 'should have at least 1 items',
  },
  {
    title: 'neither access nor actions',
    spec: 'grants: [{s3: {bucket: invoices}}]',
    path: 'spec.grants[0].s3',
    message: 'must give access (verbs) or actions (IAM action names): one of the two and not both',
  },
  {
    title: 'access and actions',
    spec: 'grants: [{sqs: {queue: jobs, access: [Send], actions: ["sqs:SendMessage"]}}]',
    path: 'spec.grants[0].sqs',
    message: 'one of the two and not both',
  },
  {
    title: 'unknown verb',
    spec: 'grants: [{s3: {bucket: invoices, access: [Wirte]}}]',
    path: 'spec.grants[0].s3.access[0]',
    message:
      'must be one of Read, Get, List, Write, Delete, ReadVersions, DeleteVersions, ReadTags, WriteTags, DeleteTags, not "Wirte"; did you mean Write?',
    serverMessage: 'supported values: "Read", "Get", "List", "Write", "Delete"',
  },
  {
    title: 'the same verb twice',
    spec: 'grants: [{s3: {bucket: invoices, access: [Read, Read]}}]',
    path: 'spec.grants[0].s3.access[1]',
    message: 'repeats "Read"; leave one of them out',
    serverMessage: 'Duplicate value: "Read"',
  },
  {
    title: 'bucket that is an ARN',
    spec: 'grants: [{s3: {bucket: "arn:aws:s3:::invoices", access: [Read]}}]',
    path: 'spec.grants[0].s3.bucket',
    message: 'write no ARN and no wildcard',
  },
  {
    title: 'bucket with a wildcard',
    spec: 'grants: [{s3: {bucket: "invoices-*", access: [Read]}}]',
    path: 'spec.grants[0].s3.bucket',
    message: 'write no ARN and no wildcard',
  },
  {
    title: 'prefix without a closing slash',
    spec: 'grants: [{s3: {bucket: invoices, prefix: uploads, access: [Write]}}]',
    path: 'spec.grants[0].s3.prefix',
    message: "must end in '/': without it 'uploads' would also match 'uploads-secret'",
  },
  {
    title: 'prefix with a leading slash',
    spec: 'grants: [{s3: {bucket: invoices, prefix: /uploads/, access: [Write]}}]',
    path: 'spec.grants[0].s3.prefix',
    message: "must not start with '/': object keys do not",
  },
  {
    title: 'prefix with a wildcard',
    spec: 'grants: [{s3: {bucket: invoices, prefix: "uploads/*/", access: [Write]}}]',
    path: 'spec.grants[0].s3.prefix',
    message: 'it may not contain *, ? or a policy variable',
  },
  {
    title: 'prefix with a policy variable',
    spec: 'grants: [{s3: {bucket: invoices, prefix: "${aws:username}/", access: [Write]}}]',
    path: 'spec.grants[0].s3.prefix',
    message: 'it may not contain *, ? or a policy variable',
  },
  {
    title: 'table with a slash',
    spec: 'grants: [{dynamodb: {table: orders/index/by-date, access: [Read]}}]',
    path: 'spec.grants[0].dynamodb.table',
    message: 'write no ARN, no slash and no wildcard',
  },
  {
    title: 'queue given by its URL',
    spec: 'grants: [{sqs: {queue: "https://sqs.eu-west-1.amazonaws.com/111122223333/jobs", access: [Send]}}]',
    path: 'spec.grants[0].sqs.queue',
    message: 'write no ARN, no URL and no wildcard',
  },
  {
    title: 'log group with a wildcard',
    spec: 'grants: [{logs: {logGroup: "/app/*", access: [Write]}}]',
    path: 'spec.grants[0].logs.logGroup',
    message: 'write no ARN and no wildcard',
  },
  {
    title: 'account id as a number',
    spec: 'grants: [{sqs: {queue: jobs, accountId: 111122223333, access: [Send]}}]',
    path: 'spec.grants[0].sqs.accountId',
    message: 'must be a string, not a whole number; put it in quotes',
    serverMessage: 'must be of type string',
  },
  {
    title: 'account id that is too short',
    spec: 'grants: [{sqs: {queue: jobs, accountId: "1111", access: [Send]}}]',
    path: 'spec.grants[0].sqs.accountId',
    message: 'must be an account id of 12 digits',
  },
  {
    title: 'region that is none',
    spec: 'grants: [{sqs: {queue: jobs, region: Ireland, access: [Send]}}]',
    path: 'spec.grants[0].sqs.region',
    message: 'must be a region such as eu-west-1',
  },
  {
    title: 'prefix and key at once',
    spec: 'grants: [{s3: {bucket: invoices, prefix: a/, key: a/b, access: [Get]}}]',
    path: 'spec.grants[0].s3',
    message: 'may give prefix (all keys below it) or key (one object) and not both',
  },
  {
    title: 'key that ends in a slash',
    spec: 'grants: [{s3: {bucket: invoices, key: uploads/, access: [Get]}}]',
    path: 'spec.grants[0].s3.key',
    message: "must not end in '/': give prefix for all that lies below it",
  },
  {
    title: 'topic given by its ARN',
    spec: 'grants: [{sns: {topic: "arn:aws:sns:eu-west-1:111122223333:news", access: [Publish]}}]',
    path: 'spec.grants[0].sns.topic',
    message: 'must be the bare name of one topic',
  },
  {
    title: 'secret with a wildcard',
    spec: 'grants: [{secretsmanager: {secret: "prod/*", access: [Read]}}]',
    path: 'spec.grants[0].secretsmanager.secret',
    message: 'write no wildcard',
  },
  {
    title: 'secret by an ARN without its last six characters',
    spec: 'grants: [{secretsmanager: {secret: "arn:aws:secretsmanager:eu-west-1:111122223333:secret:prod/db", access: [Read]}}]',
    path: 'spec.grants[0].secretsmanager.secret',
    message: 'or its full ARN with the six characters at the end',
  },
  {
    title: 'secret by its ARN, and a region',
    spec: 'grants: [{secretsmanager: {secret: "arn:aws:secretsmanager:eu-west-1:111122223333:secret:db-AbCdEf", region: eu-west-1, access: [Read]}}]',
    path: 'spec.grants[0].secretsmanager',
    message: 'the ARN names its own; leave them out',
  },
  {
    title: 'parameter and path at once',
    spec: 'grants: [{ssm: {parameter: /app/a, path: /app, access: [Get]}}]',
    path: 'spec.grants[0].ssm',
    message: 'must give parameter (one) or path (all below it): one of the two and not both',
  },
  {
    title: 'path that ends in a slash',
    spec: 'grants: [{ssm: {path: /app/, access: [Read]}}]',
    path: 'spec.grants[0].ssm.path',
    message: "must start with '/' and not end in one",
  },
  {
    title: 'function with its qualifier',
    spec: 'grants: [{lambda: {function: "resize:live", access: [Invoke]}}]',
    path: 'spec.grants[0].lambda.function',
    message: 'must be the bare name of one function',
  },
  {
    title: 'stream with a wildcard',
    spec: 'grants: [{kinesis: {stream: "clicks*", access: [Read]}}]',
    path: 'spec.grants[0].kinesis.stream',
    message: 'must be the bare name of one stream',
  },
  {
    title: 'state machine given by its ARN',
    spec: 'grants: [{states: {stateMachine: "arn:aws:states:eu-west-1:111122223333:stateMachine:orders", access: [Start]}}]',
    path: 'spec.grants[0].states.stateMachine',
    message: 'must be the bare name of one state machine',
  },
  {
    title: 'managed policy given by its name',
    spec: 'grants: [{managedPolicy: {arn: AmazonSSMManagedInstanceCore}}]',
    path: 'spec.grants[0].managedPolicy.arn',
    message: 'must be the ARN of a managed policy',
  },
  {
    title: 'directory bucket',
    spec: 'grants: [{s3: {bucket: "data--euw1-az1--x-s3", access: [Read]}}]',
    path: 'spec.grants[0].s3.bucket',
    message: 'must be a bucket of general purpose',
  },
  {
    title: 'managed policy with an empty path',
    spec: 'grants: [{managedPolicy: {arn: "arn:aws:iam::aws:policy//ReadOnlyAccess"}}]',
    path: 'spec.grants[0].managedPolicy.arn',
    message: 'must be the ARN of a managed policy',
  },
  {
    title: 'key given by an alias',
    spec: 'grants: [{kms: {key: alias/invoices, access: [Decrypt]}}]',
    path: 'spec.grants[0].kms.key',
    message: 'an alias does not work in a policy',
  },
  {
    title: 'encryption key that is not an ARN',
    spec: 'grants: [{sqs: {queue: jobs, kmsKey: alias/aws/sqs, access: [Send]}}]',
    path: 'spec.grants[0].sqs.kmsKey',
    message: 'must be the ARN of a key',
  },
  {
    title: 'condition whose value is no list',
    spec: 'grants: [{s3: {bucket: invoices, access: [Read], conditions: {StringEquals: {"aws:SourceVpc": vpc-1}}}}]',
    path: 'spec.grants[0].s3.conditions.StringEquals[aws:SourceVpc]',
    message: 'must be a list, not a string',
    serverMessage: 'must be of type array',
    serverPath: 'spec.grants[0].s3.conditions.StringEquals.aws:SourceVpc',
  },
];

const statements: readonly Row[] = [
  {
    title: 'statement with a principal',
    spec: 'grants: [{statement: {effect: Allow, principal: "*", actions: ["s3:GetObject"], resources: ["*"]}}]',
    path: 'spec.grants[0].statement.principal',
    message: 'is not a known field; leave it out: the role itself is the principal',
    serverMessage: 'unknown field "spec.grants[0].statement.principal"',
  },
  {
    title: 'statement without resources',
    spec: 'grants: [{statement: {effect: Allow, actions: ["s3:GetObject"]}}]',
    path: 'spec.grants[0].statement',
    message: 'must give resources or notResources: one of the two and not both',
  },
  {
    title: 'statement with actions and notActions',
    spec: 'grants: [{statement: {effect: Deny, actions: ["s3:*"], notActions: ["s3:*"], resources: ["*"]}}]',
    path: 'spec.grants[0].statement',
    message: 'must give actions or notActions: one of the two and not both',
  },
  {
    title: 'statement that allows all but some actions',
    spec: 'grants: [{statement: {effect: Allow, notActions: ["iam:*"], resources: ["*"]}}]',
    path: 'spec.grants[0].statement',
    message: 'with Allow they would grant everything else',
  },
  {
    title: 'effect in lower case',
    spec: 'grants: [{statement: {effect: allow, actions: ["s3:GetObject"], resources: ["*"]}}]',
    path: 'spec.grants[0].statement.effect',
    message: 'must be one of Allow, Deny, not "allow"; did you mean Allow?',
    serverMessage: 'supported values: "Allow", "Deny"',
  },
];

const roles: readonly Row[] = [
  {
    title: 'role name over 64 characters',
    spec: `role: {name: ${'r'.repeat(65)}}`,
    path: 'spec.role.name',
    message: 'must have at most 64 characters, has 65',
    serverMessage: 'Too long',
  },
  {
    title: 'role name with a path',
    spec: 'role: {name: /apps/uploader}',
    path: 'spec.role.name',
    message: 'may hold letters, digits and + = , . @ _ - only',
  },
  {
    title: 'role name set later',
    was: 'suspend: false',
    spec: 'role: {name: uploader}',
    path: 'spec.role.name',
    message: 'role.name cannot be set, changed or removed on an existing AppAccess',
  },
  {
    title: 'role name removed later',
    was: 'role: {name: uploader}',
    spec: 'role: {description: Uploads invoices}',
    path: 'spec.role.name',
    message: 'delete it and create another one',
  },
  {
    title: 'description with characters outside Latin-1',
    spec: 'role: {description: “Uploads” invoices}',
    path: 'spec.role.description',
    message: 'no typographic quotes and no emoji',
  },
  {
    title: 'session shorter than an hour',
    spec: 'role: {maxSessionDuration: 30m}',
    path: 'spec.role.maxSessionDuration',
    message: 'must be a duration from 1h to 12h, such as 1h, 90m or 2h30m',
  },
  {
    title: 'session longer than twelve hours',
    spec: 'role: {maxSessionDuration: 12h1s}',
    path: 'spec.role.maxSessionDuration',
    message: 'must be a duration from 1h to 12h',
  },
  {
    title: 'session as a number of seconds',
    spec: 'role: {maxSessionDuration: 3600}',
    path: 'spec.role.maxSessionDuration',
    message: 'must be a string, not a whole number; put it in quotes',
    serverMessage: 'must be of type string',
  },
  {
    title: 'forged owner tag',
    spec: 'role: {tags: {appaccess.dev/owner: billing/other}}',
    path: 'spec.role.tags',
    message: 'may not set tags that start with appaccess.dev/ (they prove ownership) or aws:; choose other keys',
  },
  {
    title: 'forged owner tag in capitals',
    spec: 'role: {tags: {AppAccess.dev/owner: billing/other}}',
    path: 'spec.role.tags',
    message: 'choose other keys',
  },
  {
    title: 'tag that belongs to AWS',
    spec: 'role: {tags: {"aws:cloudformation:stack-name": x}}',
    path: 'spec.role.tags',
    message: 'choose other keys',
  },
  {
    title: 'tag that EKS vouches by',
    spec: 'role: {tags: {kubernetes-namespace: kube-system}}',
    path: 'spec.role.tags',
    message: 'may not set tags that start with kubernetes- or eks-',
  },
  {
    title: 'tag that shuts a role off',
    spec: 'role: {tags: {Quarantine: "no"}}',
    path: 'spec.role.tags',
    message: 'or that contain quarantine',
  },
  {
    title: 'tag with a character that IAM refuses',
    spec: 'role: {tags: {cost-centre: "a;b"}}',
    path: 'spec.role.tags',
    message: 'values may hold letters, digits, spaces and _ . : / = + - @',
  },
  {
    title: 'boundary that is not the ARN of a policy',
    spec: 'role: {permissionsBoundary: team-boundary}',
    path: 'spec.role.permissionsBoundary',
    message: 'must be the ARN of a managed policy',
  },
];

const others: readonly Row[] = [
  {
    title: 'unknown deletion policy',
    spec: 'deletionPolicy: Orphan',
    path: 'spec.deletionPolicy',
    message: 'must be one of Delete, Retain',
    serverMessage: 'supported values: "Delete", "Retain"',
  },
  {
    title: 'unknown drift mode',
    spec: 'drift: {mode: Ignore}',
    path: 'spec.drift.mode',
    message: 'must be one of Repair, Report',
    serverMessage: 'supported values: "Repair", "Report"',
  },
  {
    title: 'string in place of true or false',
    spec: 'suspend: "true"',
    path: 'spec.suspend',
    message: 'must be true or false, not a string',
    serverMessage: 'must be of type boolean',
  },
  {
    title: 'name of the object in capitals',
    document: `apiVersion: appaccess.dev/v1alpha1
kind: AppAccess
metadata: {name: Invoice_Uploader}
spec:
  subject: {ec2: {}}
  grants: [{s3: {bucket: invoices, access: [Read]}}]
`,
    path: 'metadata.name',
    message: 'must be 1 to 253 lower-case letters, digits, - and .',
    serverMessage: 'a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters',
  },
];

/** What the schema and the rules of the CRD refuse. */
export const badFields: readonly BadInput[] = [...subjects, ...grants, ...statements, ...roles, ...others].map(
  (row) => ({ ...row, refusedBy: 'CRD' }),
);
