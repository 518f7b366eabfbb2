import type { Static } from 'typebox';
import { celRules, mapOf, oneOf, stringSet } from '../schema-builders.ts';
import { Type } from '../type.ts';
import { type GrantService, VERBS } from '../verbs.ts';

export const conditionBlock = mapOf(
  mapOf(
    Type.Array(Type.String({ maxLength: 1024 }), { minItems: 1, maxItems: 32, 'x-kubernetes-list-type': 'atomic' }),
    {
      description: 'Condition keys of this operator, each with the list of its values.',
      maxProperties: 16,
    },
  ),
  {
    description:
      'IAM conditions that must hold besides those written by the controller, as operator, key, list of values. A key that the controller writes itself may not be repeated.',
    maxProperties: 16,
  },
);

export type Conditions = Static<typeof conditionBlock>;

const actionName = Type.String({ minLength: 3, maxLength: 128 });

/** What every typed grant takes besides its resource. */
export function accessFields<Service extends GrantService>(service: Service) {
  return {
    access: Type.Optional(
      stringSet(oneOf(VERBS[service]), {
        description: `Access verbs: ${VERBS[service].join(', ')}. Give access or actions.`,
        maxItems: 16,
      }),
    ),
    actions: Type.Optional(
      stringSet(actionName, {
        description: `IAM actions such as ${service}:Name in place of verbs, without wildcards; each must fit this kind of resource.`,
        maxItems: 64,
      }),
    ),
    conditions: Type.Optional(conditionBlock),
  };
}

export const accessOrActions = {
  rule: 'has(self.access) != has(self.actions)',
  message: 'must give access (verbs) or actions (IAM action names): one of the two and not both',
};

/** ARN of the key, for resources that can be encrypted. */
export const kmsKeyField = {
  kmsKey: Type.Optional(
    Type.String({
      description:
        'ARN of the KMS key that encrypts the resource. Adds what the access needs on that key, by way of the service only.',
      maxLength: 512,
      ...celRules({
        rule: "self.matches('^arn:[a-z0-9-]+:kms:[a-z0-9-]+:[0-9]{12}:key/[a-zA-Z0-9-]+$')",
        message:
          'must be the ARN of a key, arn:<partition>:kms:<region>:<account>:key/<id>; an alias does not work here',
      }),
    }),
  ),
};

/** Account of the resource, where it is not the controller's. */
export const accountField = {
  accountId: Type.Optional(
    Type.String({
      description:
        'AWS account of the resource; by default that of the controller. Another account must let the role in by a policy of its own on the resource.',
      maxLength: 12,
      ...celRules({
        rule: "self.matches('^[0-9]{12}$')",
        message: 'must be an account id of 12 digits; write it in quotation marks',
      }),
    }),
  ),
};

/** Account and region of the resource, where they are not the controller's. */
export const placeFields = {
  ...accountField,
  region: Type.Optional(
    Type.String({
      description: 'AWS region of the resource; by default that of the controller.',
      maxLength: 32,
      ...celRules({
        rule: "self.matches('^[a-z]{2,}(-[a-z]+)+-[0-9]+$')",
        message: 'must be a region such as eu-west-1',
      }),
    }),
  ),
};
