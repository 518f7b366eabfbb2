import type { BadInput } from './bad-input-row.ts';

const LONG_TABLES = Array.from(
  { length: 50 },
  (_, index) => `{dynamodb: {table: ${'t'.repeat(250)}${index}, access: [Write]}}`,
);

const uncompilable: readonly Omit<BadInput, 'refusedBy'>[] = [
  {
    title: 'action that does not exist',
    spec: 'grants: [{s3: {bucket: invoices, actions: ["s3:GetObjekt"]}}]',
    path: 'spec.grants[0].s3.actions[0]',
    message: 's3:GetObjekt',
  },
  {
    title: 'action of another service',
    spec: 'grants: [{s3: {bucket: invoices, actions: ["dynamodb:GetItem"]}}]',
    path: 'spec.grants[0].s3.actions[0]',
    message: 'dynamodb:GetItem',
  },
  {
    title: 'action that does not fit its resource',
    spec: 'grants: [{s3: {bucket: invoices, actions: ["s3:ListAllMyBuckets"]}}]',
    path: 'spec.grants[0].s3.actions[0]',
    message: 's3:ListAllMyBuckets',
  },
  {
    title: 'statement with an action that does not exist',
    spec: 'grants: [{statement: {effect: Allow, actions: ["s3:GetObjekt"], resources: ["*"]}}]',
    path: 'spec.grants[0].statement.actions[0]',
    message: 's3:GetObjekt',
  },
  {
    title: 'full administrator',
    spec: 'grants: [{statement: {effect: Allow, actions: ["*"], resources: ["*"]}}]',
    path: 'spec.grants[0].statement',
    message: '*',
  },
  {
    title: 'all of IAM',
    spec: 'grants: [{statement: {effect: Allow, actions: ["iam:*"], resources: ["*"]}}]',
    path: 'spec.grants[0].statement',
    message: 'iam:*',
  },
  {
    title: 'passing every role',
    spec: 'grants: [{statement: {effect: Allow, actions: ["iam:PassRole"], resources: ["*"]}}]',
    path: 'spec.grants[0].statement',
    message: 'iam:PassRole',
  },
  {
    title: 'assuming every role',
    spec: 'grants: [{statement: {effect: Allow, actions: ["sts:AssumeRole"], resources: ["*"]}}]',
    path: 'spec.grants[0].statement',
    message: 'sts:AssumeRole',
  },
  {
    title: 'document too large for IAM',
    spec: `grants: [${LONG_TABLES.join(', ')}]`,
    path: 'spec.grants',
    message: '10240',
  },
];

const conditions: readonly Omit<BadInput, 'refusedBy'>[] = [
  {
    title: 'role name taken by a foreign role',
    given: 'a role named uploader that was made elsewhere',
    spec: 'role: {name: uploader}',
    path: '',
    reason: 'RoleNotOwned',
    message: 'choose another name',
  },
  {
    title: 'service account that does not exist',
    given: 'no service account uploader in the namespace',
    spec: 'subject: {serviceAccount: {name: uploader, via: [IRSA]}}',
    path: '',
    reason: 'ServiceAccountNotFound',
    message: 'uploader',
  },
  {
    title: 'service account that somebody else has annotated',
    given: 'a service account uploader with another eks.amazonaws.com/role-arn',
    spec: 'subject: {serviceAccount: {name: uploader, via: [IRSA]}}',
    path: '',
    reason: 'ServiceAccountAnnotated',
    message: 'uploader',
  },
  {
    title: 'no AWS credentials',
    given: 'a controller whose environment holds no credentials',
    spec: '',
    path: '',
    reason: 'AwsUnavailable',
    message: 'credentials',
  },
];

/** What only the policy compiler or the world can tell. */
export const badRequests: readonly BadInput[] = [
  ...uncompilable.map((row) => ({ ...row, refusedBy: 'compile' }) as const),
  ...conditions.map((row) => ({ ...row, refusedBy: 'condition' }) as const),
];
