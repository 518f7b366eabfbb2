import type { Static } from 'typebox';
import { celRules, oneOf, stringSet } from '../schema-builders.ts';
import { Type } from '../type.ts';
import { conditionBlock } from './grant-fields.ts';

const actionPattern = Type.String({ minLength: 1, maxLength: 128 });
const resourcePattern = Type.String({ minLength: 1, maxLength: 1024 });

export const statementGrant = Type.Object(
  {
    effect: oneOf(['Allow', 'Deny'], {
      description: 'Whether the statement allows or denies. Deny wins over every Allow of the role.',
      example: 'Allow',
    }),
    actions: Type.Optional(
      stringSet(actionPattern, {
        description:
          'IAM actions, with wildcards as in IAM. Give actions or notActions, not both. What nobody gets, such as * and iam:*, is refused.',
        example: ['ecr:GetAuthorizationToken'],
        maxItems: 128,
      }),
    ),
    notActions: Type.Optional(
      stringSet(actionPattern, {
        description: 'Every IAM action but these, with effect Deny only. Give actions or notActions, not both.',
        example: ['s3:*'],
        maxItems: 128,
      }),
    ),
    resources: Type.Optional(
      stringSet(resourcePattern, {
        description:
          'Full ARNs, with wildcards as in IAM, or * for actions that take no resource. Give resources or notResources, not both.',
        example: ['*'],
        maxItems: 64,
      }),
    ),
    notResources: Type.Optional(
      stringSet(resourcePattern, {
        description: 'Every resource but these, with effect Deny only. Give resources or notResources, not both.',
        example: ['arn:aws:s3:::invoices/*'],
        maxItems: 64,
      }),
    ),
    conditions: Type.Optional(conditionBlock),
  },
  {
    description:
      'A statement in the grammar of IAM, for what no other kind of grant covers. It names no principal: the role itself is the principal.',
    example: { effect: 'Allow', actions: ['ecr:GetAuthorizationToken'], resources: ['*'] },
    ...celRules(
      {
        rule: 'has(self.actions) != has(self.notActions)',
        message: 'must give actions or notActions: one of the two and not both',
      },
      {
        rule: 'has(self.resources) != has(self.notResources)',
        message: 'must give resources or notResources: one of the two and not both',
      },
      {
        rule: "self.effect == 'Deny' || (!has(self.notActions) && !has(self.notResources))",
        message:
          'may use notActions and notResources with effect Deny only: with Allow they would grant everything else',
      },
    ),
  },
);

export type StatementGrant = Static<typeof statementGrant>;
