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
    message: 'did you mean s3:GetObject?',
  },
  {
    title: 'action of another service',
    spec: 'grants: [{s3: {bucket: invoices, actions: ["dynamodb:GetItem"]}}]',
    path: 'spec.grants[0].s3.actions[0]',
    message: 'is an action of another service; use a grant of its own for it',
  },
  {
    title: 'action that does not fit its resource',
    spec: 'grants: [{s3: {bucket: invoices, actions: ["s3:ListAllMyBuckets"]}}]',
    path: 'spec.grants[0].s3.actions[0]',
    message: 'takes no resource, so it would do nothing here; allow it in a statement grant',
  },
  {
    title: 'statement with an action that does not exist',
    spec: 'grants: [{statement: {effect: Allow, actions: ["s3:GetObjekt"], resources: ["*"]}}]',
    path: 'spec.grants[0].statement.actions[0]',
    message: 'did you mean s3:GetObject?',
  },
  {
    title: 'full administrator',
    spec: 'grants: [{statement: {effect: Allow, actions: ["*"], resources: ["*"]}}]',
    path: 'spec.grants[0].statement.actions[0]',
    message: 'is full administrator access, which nobody gets; name the actions',
  },
  {
    title: 'all of IAM',
    spec: 'grants: [{statement: {effect: Allow, actions: ["iam:*"], resources: ["*"]}}]',
    path: 'spec.grants[0].statement.actions[0]',
    message: 'allows everything in IAM, which nobody gets; name the actions',
  },
  {
    title: 'passing every role',
    spec: 'grants: [{statement: {effect: Allow, actions: ["iam:PassRole"], resources: ["*"]}}]',
    path: 'spec.grants[0].statement.actions[0]',
    message: 'allows iam:PassRole, which nobody gets',
  },
  {
    title: 'assuming every role',
    spec: 'grants: [{statement: {effect: Allow, actions: ["sts:AssumeRole"], resources: ["*"]}}]',
    path: 'spec.grants[0].statement.actions[0]',
    message: 'on any role, which nobody gets; name the ARNs of the roles',
  },
  {
    title: 'document too large for IAM',
    spec: `grants: [${LONG_TABLES.join(', ')}]`,
    path: 'spec.grants',
    message: 'IAM takes 10240 for one role; split them over several AppAccess objects',
  },
];

const conditions: readonly Omit<BadInput, 'refusedBy'>[] = [
  {
    title: 'role name taken by a foreign role',
    given: 'a role named uploader that was made elsewhere',
    spec: 'role: {name: uploader}',
    path: '',
    reason: 'RoleNotOwned',
    message:
      'is not owned by this AppAccess (its path or its tags are not ours); choose another spec.role.name, or delete that role',
  },
  {
    title: 'service account that does not exist',
    given: 'no service account uploader in the namespace',
    spec: 'subject: {serviceAccount: {name: uploader, via: [IRSA]}}',
    path: '',
    reason: 'ServiceAccountNotFound',
    message: 'does not exist; create it, the controller then annotates it',
  },
  {
    title: 'service account that somebody else has annotated',
    given: 'a service account uploader with another eks.amazonaws.com/role-arn',
    spec: 'subject: {serviceAccount: {name: uploader, via: [IRSA]}}',
    path: '',
    reason: 'ServiceAccountAnnotated',
    message: 'remove that annotation, or name another service account',
  },
  {
    title: 'no AWS credentials',
    given: 'a controller whose environment holds no credentials',
    spec: '',
    path: '',
    reason: 'NoCredentials',
    message: 'give the controller credentials by',
  },
];

/** What only the policy compiler or the world can tell. */
export const badRequests: readonly BadInput[] = [
  ...uncompilable.map((row) => ({ ...row, refusedBy: 'compile' }) as const),
  ...conditions.map((row) => ({ ...row, refusedBy: 'condition' }) as const),
];
