import { expect, test } from 'vitest';
import { explainedSchema } from '../../../src/api/explained-schema.ts';

test('explainedSchema ends each description in the default and the example, as they are written in a manifest', () => {
  const access = { type: 'array', items: { type: 'string' }, description: 'Verbs.', example: ['Read'] } as const;
  const mode = { type: 'string', description: 'A mode.', default: 'Repair', example: 'Report' } as const;
  const drift = { type: 'object', description: 'Drift.', default: {}, properties: { mode } } as const;
  expect(explainedSchema({ type: 'object', properties: { access, drift } })).toEqual({
    type: 'object',
    properties: {
      access: {
        type: 'array',
        items: { type: 'string' },
        description: 'Verbs.\nExample: access: [Read]',
        example: ['Read'],
      },
      drift: {
        type: 'object',
        description: 'Drift.',
        default: {},
        properties: {
          mode: {
            type: 'string',
            description: 'A mode.\nDefault: Repair\nExample: mode: Report',
            default: 'Repair',
            example: 'Report',
          },
        },
      },
    },
  });
});

test('explainedSchema reaches the items of lists and the values of maps', () => {
  const value = { type: 'string', description: 'A value.', example: 'x' } as const;
  expect(explainedSchema({ type: 'array', items: { type: 'object', additionalProperties: value } })).toEqual({
    type: 'array',
    items: {
      type: 'object',
      additionalProperties: { type: 'string', description: 'A value.\nExample: x', example: 'x' },
    },
  });
});
