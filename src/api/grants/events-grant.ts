import { celRules } from '../schema-builders.ts';
import { Type } from '../type.ts';
import { accessFields, accessOrActions, placeFields } from './grant-fields.ts';

export const eventsGrant = Type.Object(
  {
    bus: Type.String({
      description:
        'Name of the event bus. Up to 256 letters, digits and / _ . -, without ARN. The bus that every account has is called default.',
      example: 'orders',
      minLength: 1,
      maxLength: 256,
      ...celRules({
        rule: "self.matches('^[a-zA-Z0-9/_.-]+$')",
        message: 'must be the name of one event bus: letters, digits and / _ . -; write no ARN and no wildcard',
      }),
    }),
    ...placeFields,
    ...accessFields('events'),
  },
  {
    description: 'Events of one EventBridge event bus.',
    example: { bus: 'orders', access: ['Put'] },
    ...celRules(accessOrActions),
  },
);
