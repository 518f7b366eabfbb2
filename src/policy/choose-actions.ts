import type { Problem } from '../base/problem.ts';
import type { CatalogueEntry, ResourceKind } from './catalogue/catalogue-entry.ts';
import { findActions } from './check-action.ts';
import type { GrantFields } from './compiled-grant.ts';
import type { ResolvedKind } from './resolve-kinds.ts';
import type { ServiceAction } from './service-reference.ts';

/** What a grant allows, before it is a statement. */
export interface ChosenActions {
  /** Actions without the prefix, by kind of resource; only kinds that the grant has something of. */
  readonly byKind: ReadonlyMap<string, readonly string[]>;
  readonly problems: readonly Problem[];
}

/** The actions behind the verbs or names of a grant, on the kinds of resource that each fits. `path` leads to the grant. */
export function chooseActions(
  entry: CatalogueEntry,
  grant: GrantFields,
  kinds: ReadonlyMap<string, ResolvedKind>,
  path: string,
): ChosenActions {
  const answers =
    grant.actions === undefined
      ? (grant.access ?? []).map((verb, index) => ({ at: `access[${index}]`, places: placeVerb(entry, verb, kinds) }))
      : grant.actions.map((text, index) => ({ at: `actions[${index}]`, places: placeAction(entry, text, kinds) }));
  const byKind = new Map<string, string[]>();
  const problems: Problem[] = [];
  for (const { at, places } of answers) {
    if (typeof places === 'string') problems.push({ path: `${path}.${at}`, problem: places });
    else for (const { kind, actions } of places) byKind.set(kind, [...(byKind.get(kind) ?? []), ...actions]);
  }
  return { byKind, problems };
}

interface Place {
  readonly kind: string;
  readonly actions: readonly string[];
}

/** Where the actions of `verb` stand, or why it can do nothing in this grant. */
function placeVerb(
  entry: CatalogueEntry,
  verb: string,
  kinds: ReadonlyMap<string, ResolvedKind>,
): readonly Place[] | string {
  const places = Object.entries(entry.verbs[verb] ?? {}).map(([kind, actions]) => ({ kind, actions }));
  const open = places.filter(({ kind }) => isThere(kinds.get(kind)));
  if (open.length > 0 || places.length === 0) return open;
  return `${verb} ${remedyFor(places.map(({ kind }) => entry.kinds[kind]))}`;
}

/** The action that `text` names on the kinds of resource it fits, or what is wrong with it. */
function placeAction(
  entry: CatalogueEntry,
  text: string,
  kinds: ReadonlyMap<string, ResolvedKind>,
): readonly Place[] | string {
  if (/[*?]/.test(text)) return `${text} has a wildcard; name each action, or use a statement grant`;
  const found = findActions(text);
  if (!found.ok) return found.problem;
  const [action] = found.actions;
  if (found.service !== entry.service || action === undefined) {
    return `${text} is an action of another service; use a grant of its own for it`;
  }
  const fitting = kindsFor(action, entry);
  const full = `${entry.service}:${action.name}`;
  if (fitting.length === 0) return misfit(action, full, entry);
  const open = fitting.filter(([name]) => isThere(kinds.get(name)));
  if (open.length === 0) return `${full} ${remedyFor(fitting.map(([, kind]) => kind))}`;
  return open.map(([kind]) => ({ kind, actions: [action.name] }));
}

function isThere(kind: ResolvedKind | undefined): boolean {
  return kind !== undefined && kind.arns.length > 0;
}

/** Kinds that claim the action for themselves; else all of its resource types that claim none. */
function kindsFor(action: ServiceAction, { kinds }: CatalogueEntry): readonly (readonly [string, ResourceKind])[] {
  const all = Object.entries(kinds);
  const claiming = all.filter(([, kind]) => kind.only?.includes(action.name));
  if (claiming.length > 0) return claiming;
  return all.filter(
    ([, { type, only }]) => only === undefined && type !== undefined && action.resourceTypes.includes(type),
  );
}

function misfit({ resourceTypes }: ServiceAction, full: string, { resourceField }: CatalogueEntry): string {
  if (resourceTypes.length === 0) {
    return `${full} takes no resource, so it would do nothing here; allow it in a statement grant on "*"`;
  }
  return `${full} does not fit a ${resourceField}: it takes ${resourceTypes.join(', ')}; use a statement grant for it`;
}

/** Why a grant has nothing of `kinds`: a field narrows it to something else, or one that leads there is missing. */
function remedyFor(kinds: readonly (ResourceKind | undefined)[]): string {
  const variants = kinds.flatMap((kind) => kind?.variants ?? []);
  const shut = variants.find(({ arns }) => arns.length === 0);
  if (shut !== undefined) return `does not apply to a grant with ${shut.field}; take it out, or ${shut.field}`;
  const opening = [...new Set(variants.map(({ field }) => field))].join(' or ');
  return `does not apply here; give ${opening}`;
}
