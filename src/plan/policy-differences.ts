import { canonicalJson } from '../base/canonical-json.ts';
import { normalisePolicy } from '../policy/normalise-policy.ts';
import { samePolicy } from '../policy/same-policy.ts';
import type { PolicyDocument, PolicyStatement } from '../policy/types.ts';
import type { Difference } from './difference.ts';
import { principalsOf, shortList, statementText } from './statement-text.ts';

/**
 * How the policy `where` differs, statement by statement; empty exactly when both mean the same. Statements are told
 * apart by their Sid, which leads back to a grant; one without a counterpart is missing or extra as a whole.
 */
export function policyDifferences(
  where: string,
  desired: PolicyDocument,
  observed: PolicyDocument | string | undefined,
): readonly Difference[] {
  if (observed === undefined) return [{ kind: 'Missing', what: where }];
  if (typeof observed === 'string') {
    return [{ kind: 'Other', where, observed: 'no JSON', desired: 'the policy that the spec compiles to' }];
  }
  if (samePolicy(desired, observed)) return [];
  const { pairs, missing, extra } = pairStatements(desired, observed);
  const differences = [
    ...(desired.Version === observed.Version
      ? []
      : [
          {
            kind: 'Other',
            where: `${where}, version`,
            observed: `${observed.Version}`,
            desired: desired.Version,
          } as const,
        ]),
    ...missing.map((statement) => ({ kind: 'Missing', where, what: statementText(statement) }) as const),
    ...extra.map((statement) => ({ kind: 'Extra', where, what: statementText(statement) }) as const),
    ...pairs.flatMap(([wanted, found]) => {
      const place = desired.Statement.length === 1 ? where : `${where}, statement ${nameOf(wanted)}`;
      return statementDifferences(place, wanted, found);
    }),
  ];
  if (differences.length > 0) return differences;
  return [{ kind: 'Other', where, observed: 'another', desired: 'the one that the spec compiles to' }];
}

interface Pairing {
  readonly pairs: readonly (readonly [wanted: PolicyStatement, found: PolicyStatement])[];
  readonly missing: readonly PolicyStatement[];
  readonly extra: readonly PolicyStatement[];
}

/** Equal statements are left out; then those of one Sid belong together, then those of one content. */
function pairStatements(desired: PolicyDocument, observed: PolicyDocument): Pairing {
  const wanted = [...desired.Statement];
  const found = [observed.Statement ?? []].flat();
  takePairs(wanted, found, (a, b) => keyOf(a) === keyOf(b));
  const bySid = takePairs(wanted, found, (a, b) => a.Sid !== undefined && a.Sid === b.Sid);
  const byContent = takePairs(wanted, found, (a, b) => keyOf(withoutSid(a)) === keyOf(withoutSid(b)));
  return { pairs: [...bySid, ...byContent], missing: wanted, extra: found };
}

/** Takes from both lists what `belong` says belongs together. */
function takePairs(
  wanted: PolicyStatement[],
  found: PolicyStatement[],
  belong: (a: PolicyStatement, b: PolicyStatement) => boolean,
): readonly (readonly [PolicyStatement, PolicyStatement])[] {
  return [...wanted].flatMap((statement) => {
    const place = found.findIndex((candidate) => belong(statement, candidate));
    const [partner] = place < 0 ? [] : found.splice(place, 1);
    if (partner === undefined) return [];
    wanted.splice(wanted.indexOf(statement), 1);
    return [[statement, partner] as const];
  });
}

function statementDifferences(where: string, wanted: PolicyStatement, found: PolicyStatement): readonly Difference[] {
  return [
    ...valueDifference(`${where}, Sid`, wanted.Sid ?? 'none', found.Sid ?? 'none'),
    ...valueDifference(`${where}, effect`, wanted.Effect, found.Effect),
    ...memberDifferences(where, 'principal', principalsOf(wanted), principalsOf(found)),
    ...memberDifferences(where, 'action', listOf(wanted.Action), listOf(found.Action), lower),
    ...memberDifferences(where, 'excepted action', listOf(wanted.NotAction), listOf(found.NotAction), lower),
    ...memberDifferences(where, 'resource', listOf(wanted.Resource), listOf(found.Resource)),
    ...memberDifferences(where, 'excepted resource', listOf(wanted.NotResource), listOf(found.NotResource)),
    ...memberDifferences(where, 'condition', conditionsOf(wanted), conditionsOf(found)),
  ];
}

function valueDifference(where: string, desired: string, observed: string): readonly Difference[] {
  return desired === observed ? [] : [{ kind: 'Other', where, observed, desired }];
}

function memberDifferences(
  where: string,
  noun: string,
  wanted: readonly string[],
  found: readonly string[],
  keyOfMember: (member: string) => string = (member) => member,
): readonly Difference[] {
  const missing = without(wanted, found, keyOfMember);
  const extra = without(found, wanted, keyOfMember);
  const told = (kind: 'Missing' | 'Extra', members: readonly string[]): readonly Difference[] => {
    if (members.length === 0) return [];
    const plural = members.length > 1;
    return [{ kind, where, what: `${noun}${plural ? 's' : ''} ${shortList(members)}`, plural }];
  };
  return [...told('Extra', extra), ...told('Missing', missing)];
}

function without(
  members: readonly string[],
  others: readonly string[],
  keyOfMember: (member: string) => string,
): readonly string[] {
  const known = new Set(others.map(keyOfMember));
  return members.filter((member) => !known.has(keyOfMember(member))).sort();
}

/** Names of actions and of condition keys are read without regard to case. */
function lower(text: string): string {
  return text.toLowerCase();
}

function listOf(value: string | readonly string[] | undefined): readonly string[] {
  return value === undefined ? [] : [value].flat().map(String);
}

/** Each condition in one text: `StringEquals aws:SourceAccount=111122223333`. */
function conditionsOf({ Condition = {} }: PolicyStatement): readonly string[] {
  return Object.entries(Condition).flatMap(([operator, keys]) =>
    Object.entries(keys).map(([key, values]) => `${operator} ${lower(key)}=${[...listOf(values)].sort().join('|')}`),
  );
}

/** What a reader knows a statement by: what it is about. */
function nameOf(statement: PolicyStatement): string {
  const resources = listOf(statement.Resource);
  if (resources.length > 0) return `on ${shortList(resources, 1)}`;
  const principals = principalsOf(statement);
  return principals.length > 0 ? `for ${shortList(principals, 1)}` : (statement.Sid ?? 'without a name');
}

function keyOf(statement: PolicyStatement): string {
  return canonicalJson(normalisePolicy({ Version: '', Statement: [statement] }));
}

function withoutSid({ Sid: _, ...statement }: PolicyStatement): PolicyStatement {
  return statement;
}
