import { isRecord } from './is-record.ts';

/** `value`, which is plain JSON, as YAML on one line: `{bucket: invoices, access: [Write]}`. Reads back as it was. */
export function flowYaml(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(flowYaml).join(', ')}]`;
  if (isRecord(value)) return `{${fields(value).join(', ')}}`;
  return typeof value === 'string' ? scalar(value) : JSON.stringify(value);
}

function fields(value: Readonly<Record<string, unknown>>): string[] {
  return Object.entries(value).map(([key, item]) => `${scalar(key)}: ${flowYaml(item)}`);
}

/** In quotes where a reader of YAML, that of kubectl included, could take the text for something else. */
function scalar(text: string): string {
  return /^[A-Za-z/][\w/.-]*(:[\w/.:*-]*[\w/*-])?$/.test(text) && !WORDS.test(text) ? text : JSON.stringify(text);
}

const WORDS = /^(true|false|yes|no|on|off|y|n|null)$/i;
