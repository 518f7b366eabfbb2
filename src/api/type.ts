import type { Type as TypeBox } from 'typebox';

/**
 * The few builders of TypeBox that the schemas need, with TypeBox's types, so that `Static` gives the TypeScript type of
 * each. Only the types come from TypeBox: loading its some hundred modules would take 60 ms of every command, and what
 * the builders return is no more than the JSON written here. The marks that TypeBox puts on its schemas are left out,
 * but for the one of optional fields, which does not enumerate and so is in no output.
 */
export const Type: Pick<typeof TypeBox, 'Array' | 'Boolean' | 'Integer' | 'Object' | 'Optional' | 'String' | 'Unsafe'> =
  {
    Array: ((items: object, options?: object) => ({ type: 'array', items, ...options })) as typeof TypeBox.Array,
    Boolean: ((options?: object) => ({ type: 'boolean', ...options })) as typeof TypeBox.Boolean,
    Integer: ((options?: object) => ({ type: 'integer', ...options })) as typeof TypeBox.Integer,
    Object: objectSchema as typeof TypeBox.Object,
    Optional: ((schema: object) =>
      Object.defineProperty({ ...schema }, OPTIONAL, { value: true })) as typeof TypeBox.Optional,
    String: ((options?: object) => ({ type: 'string', ...options })) as typeof TypeBox.String,
    Unsafe: ((schema: object) => schema) as typeof TypeBox.Unsafe,
  };

const OPTIONAL = '~optional';

function objectSchema(properties: Readonly<Record<string, object>>, options?: object): object {
  const required = Object.keys(properties).filter((name) => !(OPTIONAL in (properties[name] ?? {})));
  return { type: 'object', ...(required.length > 0 && { required }), properties, ...options };
}
