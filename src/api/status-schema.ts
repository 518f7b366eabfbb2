import type { Static } from 'typebox';
import { oneOf } from './schema-builders.ts';
import { Type } from './type.ts';

const conditionSchema = Type.Object(
  {
    type: Type.String({
      description: 'Which aspect this is: Ready, Reconciling, Stalled, PolicyValid, RoleReady or Drifted.',
      maxLength: 316,
    }),
    status: oneOf(['True', 'False', 'Unknown'], { description: 'Whether it holds: True, False or Unknown.' }),
    observedGeneration: Type.Optional(
      Type.Integer({
        description: 'Generation of the spec that this condition is about.',
        format: 'int64',
        minimum: 0,
      }),
    ),
    lastTransitionTime: Type.String({
      description: 'When the status of this condition last changed.',
      format: 'date-time',
    }),
    reason: Type.String({
      description: 'Why, in one CamelCase word that programs may rely on. docs/conditions.md lists all of them.',
      minLength: 1,
      maxLength: 1024,
    }),
    message: Type.String({
      description: 'Why, in words for people: what is so, and what to do about it.',
      maxLength: 32768,
    }),
  },
  { description: 'One aspect of how this AppAccess fares.' },
);

const roleStatusSchema = Type.Object(
  {
    name: Type.Optional(Type.String({ description: 'Name of the IAM role.' })),
    arn: Type.Optional(
      Type.String({
        description: 'ARN of the IAM role: what the deployment of a function, task or service must name.',
      }),
    ),
    id: Type.Optional(
      Type.String({
        description:
          'Unique id that AWS gave the role. A role of the same name with another id was made by somebody else and is never changed.',
      }),
    ),
    permissionsBoundary: Type.Optional(
      Type.String({ description: 'ARN of the permissions boundary that was last applied.' }),
    ),
    tagKeys: Type.Optional(
      Type.Array(Type.String({ maxLength: 128 }), {
        description: 'Keys of the tags of spec.role.tags that were applied.',
        maxItems: 40,
        'x-kubernetes-list-type': 'atomic',
      }),
    ),
    managedPolicyArns: Type.Optional(
      Type.Array(Type.String(), {
        description: 'ARNs of the managed policies that the controller attached.',
        'x-kubernetes-list-type': 'atomic',
      }),
    ),
    instanceProfileArn: Type.Optional(
      Type.String({ description: 'ARN of the instance profile that EC2 instances must be launched with.' }),
    ),
    associationId: Type.Optional(Type.String({ description: 'Id of the EKS Pod Identity association.' })),
  },
  { description: 'The IAM role made for this AppAccess.' },
);

export const statusSchema = Type.Object(
  {
    observedGeneration: Type.Optional(
      Type.Integer({
        description:
          'Generation of the spec that the last finished pass saw; -1 before the first. What stands here is about an older spec where it is less than metadata.generation.',
        format: 'int64',
      }),
    ),
    conditions: Type.Optional(
      Type.Array(conditionSchema, {
        description:
          'How this AppAccess fares. Ready is always there; Reconciling while a retry may mend things, Stalled when somebody must act, never both; then PolicyValid, RoleReady and, while differences are left standing, Drifted.',
        'x-kubernetes-list-type': 'map',
        'x-kubernetes-list-map-keys': ['type'],
      }),
    ),
    subject: Type.Optional(Type.String({ description: 'The workload in one word: its kind and its name.' })),
    accountId: Type.Optional(Type.String({ description: 'AWS account that holds the role.' })),
    role: Type.Optional(roleStatusSchema),
    applied: Type.Optional(
      Type.Object(
        {
          digest: Type.Optional(
            Type.String({
              description: 'Digest of the desired state that was last applied in full. Drift is what differs from it.',
            }),
          ),
          generation: Type.Optional(
            Type.Integer({ description: 'Generation of the spec that it was compiled from.', format: 'int64' }),
          ),
          catalogue: Type.Optional(
            Type.String({ description: 'Version of the catalogue of services that it was compiled with.' }),
          ),
        },
        { description: 'What was last applied to AWS.' },
      ),
    ),
    policy: Type.Optional(
      Type.Object(
        {
          statements: Type.Optional(Type.Integer({ description: 'How many statements the permissions policy has.' })),
          characters: Type.Optional(Type.Integer({ description: 'How many characters it has, as IAM counts them.' })),
          quotaPercent: Type.Optional(
            Type.Integer({ description: 'That size in per cent of what the inline policies of one role may have.' }),
          ),
          trustCharacters: Type.Optional(
            Type.Integer({ description: 'How many characters the trust policy has, as IAM counts them.' }),
          ),
          trustQuotaPercent: Type.Optional(
            Type.Integer({ description: 'That size in per cent of what a trust policy may have.' }),
          ),
        },
        { description: 'Size of the compiled policies.' },
      ),
    ),
    drift: Type.Optional(
      Type.Array(Type.String({ maxLength: 256 }), {
        description: 'What was found to differ from what was last applied, in words: the first ten of them.',
        maxItems: 10,
        'x-kubernetes-list-type': 'atomic',
      }),
    ),
    driftCount: Type.Optional(Type.Integer({ description: 'How many differences were found in all.' })),
    lastHandledReconcileAt: Type.Optional(
      Type.String({
        description:
          'Value of the annotation reconcile.fluxcd.io/requestedAt at the last pass. Change the annotation to ask for a pass.',
      }),
    ),
  },
  {
    description: 'What the controller saw and did. It is written by the controller alone.',
    default: { observedGeneration: -1 },
  },
);

export type AppAccessStatus = Static<typeof statusSchema>;
export type Condition = Static<typeof conditionSchema>;
export type RoleStatus = Static<typeof roleStatusSchema>;
