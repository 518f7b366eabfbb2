import type { Static } from 'typebox';
import { oneOf } from './schema-builders.ts';
import { Type } from './type.ts';

const conditionSchema = Type.Object(
  {
    type: Type.String({ description: 'Type of the condition.', maxLength: 316 }),
    status: oneOf(['True', 'False', 'Unknown'], { description: 'True, False or Unknown.' }),
    observedGeneration: Type.Optional(
      Type.Integer({
        description: 'Generation of the spec that this condition is about.',
        format: 'int64',
        minimum: 0,
      }),
    ),
    lastTransitionTime: Type.String({ description: 'When status last changed.', format: 'date-time' }),
    reason: Type.String({ description: 'CamelCase word for programs.', minLength: 1, maxLength: 1024 }),
    message: Type.String({ description: 'Words for people: what is so and what to do.', maxLength: 32768 }),
  },
  { description: 'One aspect of the state of this AppAccess.' },
);

const roleStatusSchema = Type.Object(
  {
    name: Type.Optional(Type.String({ description: 'Name of the role.' })),
    arn: Type.Optional(Type.String({ description: 'ARN of the role.' })),
    id: Type.Optional(Type.String({ description: 'Unique id of the role. A role with another id is not ours.' })),
    permissionsBoundary: Type.Optional(
      Type.String({ description: 'ARN of the permissions boundary that was applied.' }),
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
        description: 'ARNs of the managed policies that were attached.',
        'x-kubernetes-list-type': 'atomic',
      }),
    ),
    instanceProfileArn: Type.Optional(Type.String({ description: 'ARN of the instance profile.' })),
    associationId: Type.Optional(Type.String({ description: 'Id of the Pod Identity association.' })),
  },
  { description: 'The IAM role made for this AppAccess.' },
);

export const statusSchema = Type.Object(
  {
    observedGeneration: Type.Optional(
      Type.Integer({ description: 'Generation of the spec that the last finished pass saw.', format: 'int64' }),
    ),
    conditions: Type.Optional(
      Type.Array(conditionSchema, {
        description: 'Ready; Reconciling or Stalled while one of them holds; then PolicyValid, RoleReady, Drifted.',
        'x-kubernetes-list-type': 'map',
        'x-kubernetes-list-map-keys': ['type'],
      }),
    ),
    subject: Type.Optional(Type.String({ description: 'The subject in one word, lambda/invoice-uploader.' })),
    accountId: Type.Optional(Type.String({ description: 'AWS account that holds the role.' })),
    role: Type.Optional(roleStatusSchema),
    applied: Type.Optional(
      Type.Object(
        {
          digest: Type.Optional(
            Type.String({ description: 'Digest of the desired state that was last applied whole.' }),
          ),
          generation: Type.Optional(
            Type.Integer({ description: 'Generation of the spec it was compiled from.', format: 'int64' }),
          ),
          catalogue: Type.Optional(Type.String({ description: 'Version of the catalogue it was compiled with.' })),
        },
        { description: 'What was last applied.' },
      ),
    ),
    policy: Type.Optional(
      Type.Object(
        {
          statements: Type.Optional(Type.Integer({ description: 'Statements of the permissions policy.' })),
          characters: Type.Optional(Type.Integer({ description: 'Its size as IAM counts it.' })),
          quotaPercent: Type.Optional(Type.Integer({ description: 'That size in per cent of the quota of a role.' })),
          trustCharacters: Type.Optional(Type.Integer({ description: 'Size of the trust policy as IAM counts it.' })),
          trustQuotaPercent: Type.Optional(
            Type.Integer({ description: 'That size in per cent of the quota of a trust policy.' }),
          ),
        },
        { description: 'Size of the compiled policies.' },
      ),
    ),
    drift: Type.Optional(
      Type.Array(Type.String({ maxLength: 256 }), {
        description: 'What was found to differ from what was last applied, in words.',
        maxItems: 10,
        'x-kubernetes-list-type': 'atomic',
      }),
    ),
    driftCount: Type.Optional(Type.Integer({ description: 'How many differences were found.' })),
    lastHandledReconcileAt: Type.Optional(
      Type.String({ description: 'Value of the annotation reconcile.fluxcd.io/requestedAt that was last handled.' }),
    ),
  },
  { description: 'What the controller saw and did.', default: { observedGeneration: -1 } },
);

export type AppAccessStatus = Static<typeof statusSchema>;
export type Condition = Static<typeof conditionSchema>;
export type RoleStatus = Static<typeof roleStatusSchema>;
