import type { Problem } from '../base/problem.ts';
import type { CatalogueEntry, Placeholders } from './catalogue/catalogue-entry.ts';
import { conditionProblems, joinConditions } from './check-conditions.ts';
import { chooseActions } from './choose-actions.ts';
import { compileKeyCompanion } from './compile-key-companion.ts';
import type { CompiledGrant, GrantFields } from './compiled-grant.ts';
import type { DraftStatement } from './draft-statement.ts';
import { MISSING_REGION } from './missing-settings.ts';
import { escalationOf } from './refuse-escalation.ts';
import { type ResolvedKind, resolveKinds } from './resolve-kinds.ts';

/** What a typed grant is compiled with. */
export interface GrantContext {
  /** Leads to the grant. */
  readonly path: string;
  readonly name?: string;
  readonly placeholders: Placeholders;
  readonly placeIsAssumed?: boolean;
}

/** The statements of one typed grant: one for each kind of resource, and one for the key. */
export function compileTypedGrant(entry: CatalogueEntry, grant: GrantFields, context: GrantContext): CompiledGrant {
  const { path, name, placeholders } = context;
  const kinds = resolveKinds(entry, grant, placeholders);
  const chosen = chooseActions(entry, grant, kinds, path);
  const ours = [...kinds.values()].map(({ conditions }) => conditions);
  const problems: Problem[] = [...chosen.problems, ...conditionProblems(grant.conditions, ours, `${path}.conditions`)];
  const statements: DraftStatement[] = [];
  for (const [kindName, resolved] of kinds) {
    const actions = chosen.byKind.get(kindName) ?? [];
    if (actions.length === 0) continue;
    problems.push(...unlimitedProblems(resolved, actions, entry, grant, path));
    statements.push({
      effect: 'Allow',
      actions: actions.map((action) => `${entry.service}:${action}`),
      resources: resolved.arns,
      conditions: joinConditions(resolved.conditions, grant.conditions ?? {}),
      part: capital(kindName),
      ...(name === undefined ? {} : { name }),
    });
  }
  problems.push(...escalations(grant, statements, path));
  statements.push(...compileKeyCompanion(entry, grant, kinds, context));
  return { statements, problems: [...regionProblems(entry, grant, kinds, context), ...problems] };
}

/** Named actions that nobody gets, or not on what they stand on here; no verb holds any. */
function escalations(
  { actions = [] }: GrantFields,
  statements: readonly DraftStatement[],
  path: string,
): readonly Problem[] {
  return actions.flatMap((action, index) => {
    const standing = statements.filter((statement) => statement.actions?.some((one) => isSameAction(one, action)));
    if (standing.length === 0) return []; // refused already
    const problem = escalationOf(
      action,
      standing.flatMap(({ resources = [] }) => resources),
    );
    return problem === undefined ? [] : [{ path: `${path}.actions[${index}]`, problem: `${action} ${problem}` }];
  });
}

function isSameAction(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}

/** Actions that a limiting field cannot hold back would reach the whole resource: refused rather than passed on. */
function unlimitedProblems(
  { kind }: ResolvedKind,
  actions: readonly string[],
  { service, resourceField }: CatalogueEntry,
  grant: GrantFields,
  path: string,
): readonly Problem[] {
  return (kind.conditions ?? []).flatMap(({ field, limits }) => {
    if (field === undefined || limits === undefined || grant[field] === undefined) return [];
    return actions
      .filter((action) => !limits.includes(action))
      .map((action) => ({
        path: `${path}.actions`,
        problem: `${service}:${action} acts on the whole ${resourceField} and cannot be limited to a ${field}; give it in a grant without ${field}`,
      }));
  });
}

/** Nobody said in which region the resource is, or the key is in another one, where it cannot encrypt the resource. */
function regionProblems(
  { resourceField }: CatalogueEntry,
  grant: GrantFields,
  kinds: ReadonlyMap<string, ResolvedKind>,
  { path, placeholders, placeIsAssumed }: GrantContext,
): readonly Problem[] {
  const value = grant[resourceField];
  const isFullArn = typeof value === 'string' && value.startsWith('arn:');
  if (!isFullArn && ![...kinds.values()].some(({ usesRegion }) => usesRegion)) return [];
  const region = (isFullArn ? value.split(':')[3] : placeholders.region) ?? '';
  const field = value === undefined ? path : `${path}.${resourceField}`;
  if (region === '') return [{ path: field, problem: MISSING_REGION }];
  const keyRegion = grant.kmsKey?.split(':')[3] ?? region;
  if (keyRegion === region || (placeIsAssumed === true && grant.region === undefined)) return [];
  const problem = `is in region ${keyRegion} and the resource in ${region}, where this key encrypts nothing; give the ARN of a key there, or correct region`;
  return [{ path: `${path}.kmsKey`, problem }];
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
