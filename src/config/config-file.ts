import { FAILSAFE_SCHEMA, load } from 'js-yaml';
import type { Problem } from '../base/problem.ts';

/** Values of a configuration file by key, as they are written there. */
export type FileValues = ReadonlyMap<string, string>;

/**
 * The keys and values of the YAML `text` of the file `path`. Values stay text, so that an account id keeps its zeros.
 * Problems: no YAML, no mapping, a key that is not in `knownKeys`, a value that is a list or a mapping.
 */
export function parseConfigFile(
  path: string,
  text: string,
  knownKeys: readonly string[],
): { readonly values: FileValues; readonly problems: readonly Problem[] } {
  const values = new Map<string, string>();
  const problems: Problem[] = [];
  const content = parseYaml(text);
  if ('problem' in content) return { values, problems: [{ path, problem: content.problem }] };
  for (const [key, value] of Object.entries(content.entries)) {
    const place = `${key} in ${path}`;
    if (!knownKeys.includes(key)) {
      problems.push({ path: place, problem: `is not a setting; there are ${knownKeys.join(', ')}` });
    } else if (typeof value !== 'string') {
      problems.push({ path: place, problem: 'must be a single value, not a list or a mapping' });
    } else if (value !== '' && value !== 'null' && value !== '~') {
      values.set(key, value);
    }
  }
  return { values, problems };
}

function parseYaml(text: string): { readonly entries: object } | { readonly problem: string } {
  if (text.trim() === '') return { entries: {} };
  try {
    const value: unknown = load(text, { schema: FAILSAFE_SCHEMA });
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      return { problem: 'must be a mapping of settings, such as accountId: "111122223333"' };
    }
    return { entries: value };
  } catch (error) {
    // The parser's first line says what and where; the rest quotes the file.
    const [reason] = (error instanceof Error ? error.message : String(error)).split('\n');
    return { problem: `is not valid YAML: ${reason}` };
  }
}
