import { flowYaml } from '../../src/api/flow-yaml.ts';
import type { StructuralSchema } from '../../src/api/structural-schema.ts';
import { factsLine } from './field-facts.ts';

/** What each rule says about the field it is about, by the path of the field. */
export type RuleMessages = ReadonlyMap<string, readonly string[]>;

export interface SectionOptions {
  /** Of the heading. */
  readonly depth: number;
  readonly isRequired: boolean;
  readonly messages: RuleMessages;
}

/** The field at `path` in Markdown, and below it each of its own fields, in the order of the schema. */
export function fieldSection(path: string, schema: StructuralSchema, options: SectionOptions): string {
  const below = Object.entries(schema.properties ?? {}).map(([name, field]) =>
    fieldSection(`${path}.${name}`, field, {
      ...options,
      depth: options.depth + 1,
      isRequired: schema.required?.includes(name) === true,
    }),
  );
  return [fieldHead(path, schema, options), ...below].join('\n');
}

/** The field at `path` alone: what it is, what the rules say, an example. Ends in a line break. */
export function fieldHead(path: string, schema: StructuralSchema, options: SectionOptions): string {
  const messages = options.messages.get(path) ?? [];
  const parts = [
    `${'#'.repeat(options.depth)} ${path}`,
    `${factsLine(schema, options.isRequired)}.`,
    markdown(schema.description ?? ''),
    ...(messages.length === 0 ? [] : [messages.map((message) => `* ${markdown(message)}`).join('\n')]),
    ...(schema.example === undefined ? [] : [exampleText(path, schema.example)]),
  ];
  return `${parts.join('\n\n')}\n`;
}

function exampleText(path: string, example: unknown): string {
  const name = path.slice(path.lastIndexOf('.') + 1);
  return `Example: \`${name.endsWith('[]') ? '-' : `${name}:`} ${flowYaml(example)}\``;
}

/** Plain `text` as Markdown that shows it as it is. */
export function markdown(text: string): string {
  return text.replace(/[<*_|]/g, '\\$&');
}

/** Gathers {@link RuleMessages} of `schema` at `path` and of all below it. */
export function ruleMessages(schema: StructuralSchema, path: string): RuleMessages {
  const own = (schema['x-kubernetes-validations'] ?? []).map(
    ({ message, fieldPath = '' }) => [`${path}${fieldPath}`, message] as const,
  );
  const below = [
    ...Object.entries(schema.properties ?? {}).map(([name, field]) => ruleMessages(field, `${path}.${name}`)),
    ...(schema.items === undefined ? [] : [ruleMessages(schema.items, `${path}[]`)]),
  ];
  const messages = new Map<string, readonly string[]>();
  const add = (at: string, texts: readonly string[]) => messages.set(at, [...(messages.get(at) ?? []), ...texts]);
  for (const [at, texts] of below.flatMap((map) => [...map])) add(at, texts);
  for (const [at, text] of own) add(at, [text]);
  return messages;
}
