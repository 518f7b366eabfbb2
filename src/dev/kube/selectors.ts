import { asJson } from './json.ts';
import type { StoredObject } from './stored-object.ts';

/** Whether `object` matches the label and field selectors of a request. */
export function matchesSelectors(object: StoredObject, query: URLSearchParams): boolean {
  return (
    matchesLabels(object.metadata.labels ?? {}, query.get('labelSelector') ?? '') &&
    matchesFields(object, query.get('fieldSelector') ?? '')
  );
}

function matchesLabels(labels: Readonly<Record<string, string>>, selector: string): boolean {
  return splitTerms(selector).every((term) => {
    const set = /^(\S+)\s+(in|notin)\s+\(([^)]*)\)$/.exec(term);
    if (set !== null) {
      const [, key = '', operator, values = ''] = set;
      const isIn = values
        .split(',')
        .map((value) => value.trim())
        .includes(labels[key] ?? '');
      return operator === 'in' ? key in labels && isIn : !isIn;
    }
    if (term.startsWith('!')) return !(term.slice(1) in labels);
    const [, key = '', operator, value = ''] = /^([^=!]+?)(!=|==?)(.*)$/.exec(term) ?? [];
    if (operator === undefined) return term in labels;
    return operator === '!=' ? labels[key] !== value : labels[key] === value;
  });
}

function matchesFields(object: StoredObject, selector: string): boolean {
  return splitTerms(selector).every((term) => {
    const [, path = '', operator, value = ''] = /^([^=!]+?)(!=|==?)(.*)$/.exec(term) ?? [];
    const found = path.split('.').reduce<unknown>((at, key) => asJson(at)[key], object) ?? '';
    return operator === '!=' ? String(found) !== value : String(found) === value;
  });
}

/** Terms between the commas that are not in brackets. */
function splitTerms(selector: string): readonly string[] {
  return selector
    .split(/,(?![^(]*\))/)
    .map((term) => term.trim())
    .filter((term) => term !== '');
}
