import { Type as TypeBox } from 'typebox';
import { expect, test } from 'vitest';
import { Type } from '../../../src/api/type.ts';

/** One schema with every builder in it. */
function schemaBy(builders: typeof Type) {
  return builders.Object(
    {
      list: builders.Array(builders.String({ maxLength: 3 }), { maxItems: 2 }),
      flag: builders.Optional(builders.Boolean({ default: false })),
      count: builders.Optional(builders.Integer()),
      one: builders.Unsafe<'a' | 'b'>({ type: 'string', enum: ['a', 'b'] }),
      none: builders.Optional(builders.Object({})),
    },
    { description: 'All of them.' },
  );
}

test('our builders write the same JSON as those of TypeBox, whose types they carry', () => {
  expect(JSON.stringify(schemaBy(Type))).toBe(JSON.stringify(schemaBy(TypeBox)));
});
