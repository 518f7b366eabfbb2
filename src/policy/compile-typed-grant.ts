import type { Problem } from '../base/problem.ts';
import type { CatalogueEntry, Placeholders, ResourceKind } from './catalogue/catalogue-entry.ts';
import { findActions } from './check-action.ts';
import { conditionProblems, joinConditions } from './check-conditions.ts';
import { compileKeyCompanion } from './compile-key-companion.ts';
import type { CompiledGrant, TypedGrant } from './compiled-grant.ts';
import type { DraftStatement } from './draft-statement.ts';
import { fillTemplate } from './fill-template.ts';
import type { PolicyConditions } from './types.ts';

/** The statements of one typed grant: one for each kind of resource, and one for the key. `path` leads to the grant. */
export function compileTypedGrant(
  entry: CatalogueEntry,
  grant: TypedGrant,
  context: { readonly path: string; readonly name?: string; readonly placeholders: Placeholders },
): CompiledGrant {
  const { path, name, placeholders } = context;
  const chosen =
    grant.actions === undefined ? verbActions(entry, grant.access ?? []) : namedActions(entry, grant.actions, path);
  const ours = Object.values(entry.kinds).map((kind) => limitOf(kind, placeholders));
  const problems: Problem[] = [...chosen.problems, ...conditionProblems(grant.conditions, ours, `${path}.conditions`)];
  const statements: DraftStatement[] = [];
  for (const [kindName, kind] of Object.entries(entry.kinds)) {
    const actions = chosen.byKind.get(kindName) ?? [];
    if (actions.length === 0) continue;
    const limit = limitOf(kind, placeholders);
    problems.push(...unlimitedProblems(kind, actions, entry, placeholders, path));
    statements.push({
      effect: 'Allow',
      actions: actions.map((action) => `${entry.service}:${action}`),
      resources: kind.arns.map((arn) => fillTemplate(arn, placeholders)),
      conditions: joinConditions(limit, grant.conditions ?? {}),
      part: capital(kindName),
      ...(name === undefined ? {} : { name }),
    });
  }
  statements.push(...compileKeyCompanion(entry, grant, context));
  return { statements, problems };
}

interface ChosenActions {
  readonly byKind: ReadonlyMap<string, readonly string[]>;
  readonly problems: readonly Problem[];
}

function verbActions(entry: CatalogueEntry, verbs: readonly string[]): ChosenActions {
  const byKind = new Map<string, string[]>();
  for (const verb of verbs) {
    for (const [kind, actions] of Object.entries(entry.verbs[verb] ?? {})) {
      byKind.set(kind, [...(byKind.get(kind) ?? []), ...actions]);
    }
  }
  return { byKind, problems: [] };
}

function namedActions(entry: CatalogueEntry, written: readonly string[], path: string): ChosenActions {
  const byKind = new Map<string, string[]>();
  const problems: Problem[] = [];
  written.forEach((text, index) => {
    const found = placeAction(entry, text);
    if (typeof found === 'string') problems.push({ path: `${path}.actions[${index}]`, problem: found });
    else for (const kind of found.kinds) byKind.set(kind, [...(byKind.get(kind) ?? []), found.action]);
  });
  return { byKind, problems };
}

/** The action that `text` names with the kinds of resource it fits, or what is wrong with it. */
function placeAction(entry: CatalogueEntry, text: string): string | { action: string; kinds: readonly string[] } {
  if (/[*?]/.test(text)) return `${text} has a wildcard; name each action, or use a statement grant`;
  const found = findActions(text);
  if (!found.ok) return found.problem;
  const [action] = found.actions;
  if (found.service !== entry.service || action === undefined) {
    return `${text} is an action of another service; use a grant of its own for it`;
  }
  const full = `${entry.service}:${action.name}`;
  if (action.resourceTypes.length === 0) {
    return `${full} takes no resource, so it would do nothing here; allow it in a statement grant on "*"`;
  }
  const kinds = Object.entries(entry.kinds).filter(([, kind]) => action.resourceTypes.includes(kind.type));
  if (kinds.length > 0) return { action: action.name, kinds: kinds.map(([name]) => name) };
  const fits = action.resourceTypes.join(', ');
  return `${full} does not fit a ${entry.resourceField}: it takes ${fits}; use a statement grant for it`;
}

function limitOf({ limit }: ResourceKind, placeholders: Placeholders): PolicyConditions {
  if (limit === undefined || (placeholders[limit.field] ?? '') === '') return {};
  const { operator, key, values } = limit.condition;
  return { [operator]: { [key]: values.map((value) => fillTemplate(value, placeholders)) } };
}

/** Actions that the limiting field cannot hold back would reach the whole resource: refused rather than passed on. */
function unlimitedProblems(
  { limit }: ResourceKind,
  actions: readonly string[],
  { service, resourceField }: CatalogueEntry,
  placeholders: Placeholders,
  path: string,
): readonly Problem[] {
  if (limit === undefined || (placeholders[limit.field] ?? '') === '') return [];
  return actions
    .filter((action) => !limit.actions.includes(action))
    .map((action) => ({
      path: `${path}.actions`,
      problem: `${service}:${action} acts on the whole ${resourceField} and cannot be limited to a ${limit.field}; give it in a grant without ${limit.field}`,
    }));
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
