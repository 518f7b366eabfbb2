import { validationError } from './errors.ts';

/** A parameter of a Query call after its `Tags.member.1.Key` names became lists and objects; every leaf is text. */
export type Parameter = string | readonly Parameter[] | { readonly [name: string]: Parameter };
export type Parameters = { readonly [name: string]: Parameter };

/** Length, range and character set of a parameter. */
export interface TextRule {
  readonly minChars?: number;
  readonly maxChars?: number;
  readonly pattern?: RegExp;
  /** What IAM says about a value outside `pattern`. */
  readonly patternMessage?: (field: string) => string;
}

/**
 * Reads the parameters of one call and checks them as IAM does: breaches of length and range are gathered into one
 * `ValidationError` by {@link ParameterReader.done}, which every call runs before it looks at its state.
 */
export class ParameterReader {
  readonly #parameters: Parameters;
  readonly #breaches: string[] = [];
  readonly #messages: string[] = [];

  constructor(parameters: Parameters) {
    this.#parameters = parameters;
  }

  text(name: string, rule: TextRule = {}): string | undefined {
    const value = this.#parameters[name];
    if (typeof value !== 'string') return undefined;
    this.check(fieldName(name), value, rule);
    return value;
  }

  requiredText(name: string, rule: TextRule = {}): string {
    const value = this.text(name, rule);
    if (value === undefined) this.#breaches.push(breach(undefined, fieldName(name), 'Member must not be null'));
    return value ?? '';
  }

  integer(name: string, range: { min: number; max: number }): number | undefined {
    const value = this.text(name);
    if (value === undefined) return undefined;
    const number = Number(value);
    if (!/^-?\d+$/.test(value)) throw validationError(`Value '${value}' at '${fieldName(name)}' must be an integer`);
    if (number < range.min) this.#range(value, name, `greater than or equal to ${range.min}`);
    if (number > range.max) this.#range(value, name, `less than or equal to ${range.max}`);
    return number;
  }

  list(name: string): readonly Parameter[] {
    const value = this.#parameters[name];
    return Array.isArray(value) ? value : [];
  }

  has(name: string): boolean {
    return this.#parameters[name] !== undefined;
  }

  /** Checks a value that stands inside a list; `field` is its place in IAM's spelling: `tags.1.member.key`. */
  check(field: string, value: string, rule: TextRule): void {
    if (value.length < (rule.minChars ?? 0)) {
      this.breach(value, field, `Member must have length greater than or equal to ${rule.minChars}`);
    }
    if (value.length > (rule.maxChars ?? Number.POSITIVE_INFINITY)) {
      this.breach(value, field, `Member must have length less than or equal to ${rule.maxChars}`);
    }
    if (rule.pattern === undefined || rule.pattern.test(value) || value === '') return;
    if (rule.patternMessage !== undefined) this.#messages.push(rule.patternMessage(field));
    else
      this.breach(
        value,
        field,
        `Member must satisfy regular expression pattern: ${rule.pattern.source.replace(/^\^|\$$/g, '')}`,
      );
  }

  breach(value: string | undefined, field: string, constraint: string): void {
    this.#breaches.push(breach(value, field, constraint));
  }

  /** Throws what the readings so far found wrong. */
  done(): void {
    const count = this.#breaches.length;
    if (count > 0) {
      throw validationError(`${count} validation error${count > 1 ? 's' : ''} detected: ${this.#breaches.join('; ')}`);
    }
    const [message] = this.#messages;
    if (message !== undefined) throw validationError(message);
  }

  #range(value: string, name: string, range: string): void {
    this.breach(value, fieldName(name), `Member must have value ${range}`);
  }
}

function breach(value: string | undefined, field: string, constraint: string): string {
  const shown = value === undefined ? 'null' : `'${value}'`;
  return `Value ${shown} at '${field}' failed to satisfy constraint: ${constraint}`;
}

/** IAM names a parameter in its errors with a small first letter. */
function fieldName(parameter: string): string {
  return parameter.charAt(0).toLowerCase() + parameter.slice(1);
}
