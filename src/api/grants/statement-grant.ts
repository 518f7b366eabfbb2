import type { Static } from 'typebox';
import { celRules, oneOf, stringSet } from '../schema-builders.ts';
import { Type } from '../type.ts';
import { conditionBlock } from './grant-fields.ts';

const actionPattern = Type.String({ minLength: 1, maxLength: 128 });
const resourcePattern = Type.String({ minLength: 1, maxLength: 1024 });

export const statementGrant = Type.Object(
  {
    effect: oneOf(['Allow', 'Deny'], { description: 'Allow or Deny.' }),
    actions: Type.Optional(
      stringSet(actionPattern, { description: 'IAM actions; wildcards as in IAM, service:Get*.', maxItems: 128 }),
    ),
    notActions: Type.Optional(
      stringSet(actionPattern, { description: 'All actions but these. With effect Deny only.', maxItems: 128 }),
    ),
    resources: Type.Optional(
      stringSet(resourcePattern, { description: 'Full ARNs, wildcards as in IAM, or *.', maxItems: 64 }),
    ),
    notResources: Type.Optional(
      stringSet(resourcePattern, { description: 'All resources but these. With effect Deny only.', maxItems: 64 }),
    ),
    conditions: Type.Optional(conditionBlock),
  },
  {
    description:
      'A statement in the grammar of IAM, for what no typed grant covers. It has no principal: the role is the principal.',
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
