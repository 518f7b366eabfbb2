import { canonicalJson } from '../base/canonical-json.ts';
import { sha256Hex } from '../base/digest.ts';
import type { DraftStatement } from './draft-statement.ts';
import type { PolicyConditions, PolicyDocument, PolicyStatement } from './types.ts';

const HASH_CHARS = 10;

/**
 * One policy of all `drafts`, the same bytes for the same set of them: Deny before Allow, then by content; members sorted
 * and without doubles. Statements without a name that differ in their actions alone are joined; nothing else is, since
 * joining would allow what no grant asks for.
 */
export function assemblePolicy(drafts: readonly DraftStatement[]): PolicyDocument {
  const joined = new Map<string, DraftStatement>();
  for (const draft of drafts) {
    const key = canonicalJson({
      ...sorted(draft),
      actions: undefined,
      part: draft.name === undefined ? '' : draft.part,
    });
    const other = joined.get(key);
    // Drafts of one key both have actions, or are the same down to their notActions.
    const hasActions = other?.actions !== undefined && draft.actions !== undefined;
    joined.set(key, hasActions ? { ...other, actions: [...other.actions, ...draft.actions] } : draft);
  }
  const bodies = [...joined.values()].map((draft) => ({ draft, body: toStatement(sorted(draft)) }));
  bodies.sort((a, b) => order(a.body) - order(b.body) || compare(canonicalJson(a.body), canonicalJson(b.body)));
  const sids = new Set<string>();
  const Statement = bodies.map(({ draft, body }) => ({ Sid: sidOf(draft, body, sids), ...body }));
  return { Version: '2012-10-17', Statement };
}

function order({ Effect }: PolicyStatement): number {
  return Effect === 'Deny' ? 0 : 1;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function sorted(draft: DraftStatement): DraftStatement {
  const { effect, part, name, actions, notActions, resources, notResources, conditions } = draft;
  return {
    effect,
    part,
    ...(name === undefined ? {} : { name }),
    ...(actions === undefined ? {} : { actions: asSet(actions) }),
    ...(notActions === undefined ? {} : { notActions: asSet(notActions) }),
    ...(resources === undefined ? {} : { resources: asSet(resources) }),
    ...(notResources === undefined ? {} : { notResources: asSet(notResources) }),
    ...(conditions === undefined || Object.keys(conditions).length === 0
      ? {}
      : { conditions: sortConditions(conditions) }),
  };
}

function asSet(values: readonly string[]): readonly string[] {
  return [...new Set(values)].sort();
}

function sortConditions(conditions: PolicyConditions): PolicyConditions {
  return Object.fromEntries(
    Object.entries(conditions)
      .sort(([a], [b]) => compare(a, b))
      .map(([operator, keys]) => [
        operator,
        Object.fromEntries(
          Object.entries(keys)
            .sort(([a], [b]) => compare(a, b))
            .map(([key, values]) => [key, shortest(asSet([values].flat()))]),
        ),
      ]),
  );
}

function toStatement(draft: DraftStatement): PolicyStatement {
  const { effect, actions, notActions, resources, notResources, conditions } = draft;
  return {
    Effect: effect,
    ...(actions === undefined ? {} : { Action: shortest(actions) }),
    ...(notActions === undefined ? {} : { NotAction: shortest(notActions) }),
    ...(resources === undefined ? {} : { Resource: shortest(resources) }),
    ...(notResources === undefined ? {} : { NotResource: shortest(notResources) }),
    ...(conditions === undefined ? {} : { Condition: conditions }),
  };
}

/** A lone member needs no list. */
function shortest(values: readonly string[]): string | readonly string[] {
  const [first] = values;
  return values.length === 1 && first !== undefined ? first : values;
}

/** Leads back to the grant: by its name and the part of it, else by the content. Letters and digits only, and unique. */
function sidOf({ name, part }: DraftStatement, body: PolicyStatement, taken: Set<string>): string {
  const hash = sha256Hex(canonicalJson(body)).slice(0, HASH_CHARS);
  const named = name === undefined ? undefined : `${camelCase(name)}${part}`;
  const candidates = [...(named === undefined ? [] : [named, `${named}${hash}`]), `Grant${hash}`];
  const free = candidates.find((candidate) => !taken.has(candidate)) ?? `Grant${hash}${taken.size}`;
  taken.add(free);
  return free;
}

function camelCase(name: string): string {
  return name
    .split('-')
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('');
}
