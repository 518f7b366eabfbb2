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
    title: 'statement with an action on resources of another service',
    spec: 'grants: [{statement: {effect: Allow, actions: ["s3:GetObject"], resources: ["arn:aws:sqs:eu-west-1:111122223333:jobs"]}}]',
    path: 'spec.grants[0].statement.actions[0]',
    message: 's3:GetObject does nothing on these resources',
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
    message: 'allows a workload to run code under any role that it can pass, which nobody gets',
  },
  {
    title: 'writing the policies of a role',
    spec: 'grants: [{statement: {effect: Allow, actions: ["iam:Put*"], resources: ["*"]}}]',
    path: 'spec.grants[0].statement.actions[0]',
    message: 'iam:Put* reaches iam:PutGroupPolicy: it rewrites what roles, users or groups may do, which nobody gets',
  },
  {
    title: 'new code for every function',
    spec: 'grants: [{statement: {effect: Allow, actions: ["lambda:UpdateFunctionCode"], resources: ["*"]}}]',
    path: 'spec.grants[0].statement.actions[0]',
    message:
      'runs its own code under roles of others unless each resource is named; write their ARNs without wildcards',
  },
  {
    title: 'assuming every role',
    spec: 'grants: [{statement: {effect: Allow, actions: ["sts:AssumeRole"], resources: ["*"]}}]',
    path: 'spec.grants[0].statement.actions[0]',
    message: 'to take on any role, which nobody gets; name the ARNs of the roles',
  },
  {
    title: 'verb that does not apply to an index',
    spec: 'grants: [{dynamodb: {table: orders, index: by-date, access: [Get]}}]',
    path: 'spec.grants[0].dynamodb.access[0]',
    message: 'Get does not apply to a grant with index; take it out, or index',
  },
  {
    title: 'listing a path of parameters where one is named',
    spec: 'grants: [{ssm: {parameter: /app/a, actions: ["ssm:GetParametersByPath"]}}]',
    path: 'spec.grants[0].ssm.actions[0]',
    message: 'ssm:GetParametersByPath does not apply here; give path',
  },
  {
    title: 'region of another partition',
    spec: 'grants: [{sqs: {queue: jobs, region: cn-north-1, access: [Send]}}]',
    path: 'spec.grants[0].sqs.region',
    message: 'cn-north-1 is not a region of partition aws',
  },
  {
    title: 'key in another region than its queue',
    spec: 'grants: [{sqs: {queue: jobs, kmsKey: "arn:aws:kms:us-east-1:111122223333:key/1", access: [Send]}}]',
    path: 'spec.grants[0].sqs.kmsKey',
    message: 'is in region us-east-1 and the resource in eu-west-1, where this key encrypts nothing',
  },
  {
    title: "AWS's administrator policy",
    spec: 'grants: [{managedPolicy: {arn: "arn:aws:iam::aws:policy/AdministratorAccess"}}]',
    path: 'spec.grants[0].managedPolicy.arn',
    message: 'is full administrator access, which nobody gets; name what the workload needs in grants of its own',
  },
  {
    title: "AWS's policy that passes any role",
    spec: 'grants: [{managedPolicy: {arn: "arn:aws:iam::aws:policy/AWSLambda_FullAccess"}}]',
    path: 'spec.grants[0].managedPolicy.arn',
    message: 'allows a workload to run code under any role that it can pass',
  },
  {
    title: "AWS's administrator policy in other letters",
    spec: 'grants: [{managedPolicy: {arn: "arn:aws:iam::aws:policy/administratoraccess"}}]',
    path: 'spec.grants[0].managedPolicy.arn',
    message: 'is full administrator access, which nobody gets',
  },
  {
    title: 'policy of a service-linked role',
    spec: 'grants: [{managedPolicy: {arn: "arn:aws:iam::aws:policy/aws-service-role/AWSSupportServiceRolePolicy"}}]',
    path: 'spec.grants[0].managedPolicy.arn',
    message: 'cannot be attached to another',
  },
  {
    title: 'boundary of another account',
    spec: 'role: {permissionsBoundary: "arn:aws:iam::444455556666:policy/team"}',
    path: 'spec.role.permissionsBoundary',
    message: 'is a policy of account 444455556666',
  },
  {
    title: 'listing that no prefix limits',
    spec: 'grants: [{s3: {bucket: abc, prefix: b/, actions: ["s3:ListBucketMultipartUploads"]}}]',
    path: 'spec.grants[0].s3.actions',
    message: 'cannot be limited to a prefix; give it in a grant without prefix',
  },
  {
    title: 'managed policy of another account',
    spec: 'grants: [{managedPolicy: {arn: "arn:aws:iam::444455556666:policy/shared"}}]',
    path: 'spec.grants[0].managedPolicy.arn',
    message: 'is a policy of account 444455556666',
  },
  {
    title: 'source that the service does not act for',
    spec: 'subject: {service: {principal: scheduler.amazonaws.com, sourceArn: "arn:aws:scheduler:eu-west-1:111122223333:schedule/default/nightly"}}',
    path: 'spec.subject.service.sourceArn',
    message:
      'is nothing that scheduler.amazonaws.com acts for; write arn:<partition>:scheduler:<region>:<account>:schedule-group/<name>',
  },
  {
    title: 'source in another account',
    spec: 'subject: {service: {principal: states.amazonaws.com, sourceArn: "arn:aws:states:eu-west-1:444455556666:stateMachine:orders"}}',
    path: 'spec.subject.service.sourceArn',
    message: 'is in account 444455556666, and a role serves resources of its own account',
  },
  {
    title: 'source with a wildcard',
    spec: 'subject: {service: {principal: states.amazonaws.com, sourceArn: "arn:aws:states:eu-west-1:111122223333:stateMachine:*"}}',
    path: 'spec.subject.service.sourceArn',
    message: 'has a wildcard for what you name yourself; write arn:<partition>:states',
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
      'is not owned by this AppAccess (its path or its tags are not ours); delete that role, or delete this AppAccess and create it with another spec.role.name',
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
