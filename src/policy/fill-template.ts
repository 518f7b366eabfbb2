import type { Placeholders } from './catalogue/catalogue-entry.ts';

/**
 * `template` with each `{name}` replaced by its value, and each `{/name}` by its value after exactly one slash, whether
 * the value begins with one or not. A name without a value is replaced by nothing.
 */
export function fillTemplate(template: string, values: Placeholders): string {
  return template.replace(/\{(\/?)([a-zA-Z]+)\}/g, (_, slash: string, name: string) => {
    const value = values[name] ?? '';
    return slash === '' ? value : `/${value.replace(/^\//, '')}`;
  });
}
