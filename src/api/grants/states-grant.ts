import { celRules } from '../schema-builders.ts';
import { Type } from '../type.ts';
import { accessFields, accessOrActions, kmsKeyField, placeFields } from './grant-fields.ts';

export const statesGrant = Type.Object(
  {
    stateMachine: Type.String({
      description: 'Name of the state machine. Up to 80 letters, digits, - . and _, without ARN.',
      example: 'orders',
      minLength: 1,
      maxLength: 80,
      ...celRules({
        rule: "self.matches('^[a-zA-Z0-9_.-]+$')",
        message: 'must be the bare name of one state machine: letters, digits, - . and _; write no ARN and no wildcard',
      }),
    }),
    ...placeFields,
    ...kmsKeyField,
    ...accessFields('states'),
  },
  {
    description: 'One Step Functions state machine and its executions.',
    example: { stateMachine: 'orders', access: ['Start'] },
    ...celRules(accessOrActions),
  },
);
