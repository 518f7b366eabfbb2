import type { Formula, Place } from './read-rule.ts';

export type JsonSchema = Readonly<Record<string, unknown>>;

/**
 * A schema of draft 7 that refuses what `formula` refuses. `message` stands wherever the YAML language server shows a
 * text of the schema in place of its own: at patterns, required and forbidden fields. That rules out `not` and `oneOf`,
 * whose failures name no reason; choices are put as `if` and `else`, so that one message is shown, at the field that
 * is wrong.
 */
export function ruleSchema(formula: Formula, message: string): JsonSchema {
  switch (formula.kind) {
    case 'Text':
      return textSchema(formula, message);
    case 'Given':
      return formula.negated ? forbidden([formula.field], message) : required(formula.field, message);
    case 'Exclusive':
      return exclusiveSchema(formula.fields, formula.atLeastOne, message);
    case 'All':
      return { allOf: formula.parts.map((part) => ruleSchema(part, message)) };
    case 'Any': {
      const [first, ...others] = formula.parts;
      if (first === undefined) return NEVER(message);
      if (others.length === 0) return ruleSchema(first, message);
      return { if: condition(first), else: ruleSchema({ kind: 'Any', parts: others }, message) };
    }
    default:
      return formula satisfies never;
  }
}

/** The other fields are forbidden by each that is given: both are underlined, and completion offers no second one. */
function exclusiveSchema(fields: readonly string[], atLeastOne: boolean, message: string): JsonSchema {
  const othersOf = (field: string) => fields.filter((other) => other !== field);
  return {
    ...(atLeastOne && { anyOf: fields.map((field) => required(field, message)) }),
    dependencies: Object.fromEntries(fields.map((field) => [field, forbidden(othersOf(field), message)])),
  };
}

function textSchema({ place, pattern, negated }: Formula & { kind: 'Text' }, message: string): JsonSchema {
  const wanted = { pattern, patternErrorMessage: message };
  return at(place, negated ? { if: { not: { pattern } }, else: NEVER(message) } : wanted);
}

function required(field: string, message: string): JsonSchema {
  return { required: [field], errorMessage: message };
}

function forbidden(fields: readonly string[], message: string): JsonSchema {
  return { properties: Object.fromEntries(fields.map((field) => [field, false])), errorMessage: message };
}

/** No text matches this: a pattern, since its failure has a message; without look-around, which Go does not know. */
const NEVER = (message: string): JsonSchema => ({ pattern: '[^\\s\\S]', patternErrorMessage: message });

function at(place: Place, schema: JsonSchema): JsonSchema {
  if (place.kind === 'Field') return { properties: { [place.name]: schema } };
  if (place.kind === 'Keys') return { propertyNames: schema };
  return place.kind === 'Values' ? { additionalProperties: schema } : schema;
}

/** Whether `formula` holds, with no message: it decides and refuses nothing. */
function condition(formula: Formula): JsonSchema {
  switch (formula.kind) {
    case 'Text': {
      const { place, pattern, negated } = formula;
      const field = place.kind === 'Field' ? { required: [place.name] } : {};
      return { ...at(place, negated ? { not: { pattern } } : { pattern }), ...field };
    }
    case 'Given':
      return formula.negated ? { properties: { [formula.field]: false } } : { required: [formula.field] };
    case 'Exclusive':
      return exclusiveSchema(formula.fields, formula.atLeastOne, '');
    case 'All':
      return { allOf: formula.parts.map(condition) };
    case 'Any':
      return { anyOf: formula.parts.map(condition) };
    default:
      return formula satisfies never;
  }
}
