import type { Placeholders } from './catalogue/catalogue-entry.ts';

/** `template` with each `{name}` replaced by its value; a name without a value is replaced by nothing. */
export function fillTemplate(template: string, values: Placeholders): string {
  return template.replace(/\{([a-zA-Z]+)\}/g, (_, name: string) => values[name] ?? '');
}
