import type { AppAccess } from '../api/app-access.ts';
import type { Grant } from '../api/grant-schema.ts';
import { GRANT_SERVICES, type GrantService } from '../api/verbs.ts';
import type { Problem } from '../base/problem.ts';
import { assemblePolicy } from './assemble-policy.ts';
import { catalogue } from './catalogue/catalogue.ts';
import type { Placeholders } from './catalogue/catalogue-entry.ts';
import { compileStatementGrant } from './compile-statement-grant.ts';
import { compileTypedGrant } from './compile-typed-grant.ts';
import type { CompiledGrant, TypedGrant } from './compiled-grant.ts';
import type { DraftStatement } from './draft-statement.ts';
import { escapeLiteral } from './escape-literal.ts';
import { foreignPartition } from './foreign-partition.ts';
import { MISSING_REGION } from './missing-settings.ts';
import { escalationProblems } from './refuse-escalation.ts';
import type { CompileSettings, PolicyDocument } from './types.ts';

export interface CompiledPermissions {
  readonly document: PolicyDocument;
  readonly problems: readonly Problem[];
}

/** The permissions policy of `appAccess`: its grants, and what its subject implies. */
export function compilePermissions({ spec }: AppAccess, settings: CompileSettings): CompiledPermissions {
  const grants = spec.grants.map((grant, index) => compileGrant(grant, `spec.grants[${index}]`, settings));
  const implied = impliedBySubject(spec.subject, settings);
  const compiled = [...grants, implied];
  return {
    document: assemblePolicy(compiled.flatMap(({ statements }) => statements)),
    problems: compiled.flatMap(({ problems }) => problems),
  };
}

function compileGrant(grant: Grant, path: string, settings: CompileSettings): CompiledGrant {
  const name = grant.name === undefined ? {} : { name: grant.name };
  if (grant.statement !== undefined) {
    const at = `${path}.statement`;
    const { partition, accountId = '' } = settings;
    const compiled = compileStatementGrant(grant.statement, { path: at, partition, ...name });
    const refused = escalationProblems(grant.statement, at, { partition, accountId });
    return { ...compiled, problems: [...compiled.problems, ...refused] };
  }
  const service = GRANT_SERVICES.find((candidate) => grant[candidate] !== undefined);
  const typed = service === undefined ? undefined : grant[service];
  if (service === undefined || typed === undefined) return { statements: [], problems: [] };
  return compileService(service, typed, `${path}.${service}`, settings, name);
}

function compileService(
  service: GrantService,
  typed: TypedGrant & Readonly<Record<string, unknown>>,
  path: string,
  settings: CompileSettings,
  name: { readonly name?: string },
): CompiledGrant {
  const placeholders = placeholdersOf(typed, settings);
  const entry = catalogue[service];
  const needsRegion = settings.region === undefined && usesRegion(service, typed);
  const compiled = compileTypedGrant(entry, typed, { path, placeholders, ...name });
  const missing = needsRegion ? [{ path: `${path}.${entry.resourceField}`, problem: MISSING_REGION }] : [];
  const foreign = partitionProblems(typed, path, settings.partition);
  return { ...compiled, problems: [...missing, ...foreign, ...compiled.problems] };
}

function placeholdersOf(typed: Readonly<Record<string, unknown>>, settings: CompileSettings): Placeholders {
  const { partition, region = '', accountId = '' } = settings;
  const fields = Object.entries(typed).flatMap(([field, value]) =>
    typeof value === 'string' ? [[field, escapeLiteral(value)] as const] : [],
  );
  const { key } = Object.fromEntries(fields);
  const keyArn = key?.startsWith('arn:') ? key : `arn:${partition}:kms:${region}:${accountId}:key/${key}`;
  return { ...Object.fromEntries(fields), partition, region, accountId, keyArn };
}

/** A key of another partition can never be used, and IAM refuses the whole policy for it. */
function partitionProblems(
  typed: Readonly<Record<string, unknown>>,
  path: string,
  partition: string,
): readonly Problem[] {
  return ['key', 'kmsKey'].flatMap((field) => {
    const value = typed[field];
    const isForeign = typeof value === 'string' && value.startsWith('arn:') && value.split(':')[1] !== partition;
    return isForeign ? [{ path: `${path}.${field}`, problem: foreignPartition(partition) }] : [];
  });
}

/** S3 has no region in its ARNs, and a key may be named by its whole ARN. */
function usesRegion(service: GrantService, typed: Readonly<Record<string, unknown>>): boolean {
  if (service === 's3') return false;
  return !(typeof typed.key === 'string' && typed.key.startsWith('arn:'));
}

/** A Lambda function may write its own log group; nothing else is implied by a subject. */
function impliedBySubject({ lambda }: AppAccess['spec']['subject'], settings: CompileSettings): CompiledGrant {
  if (lambda === undefined) return { statements: [], problems: [] };
  const grant = { logGroup: `/aws/lambda/${lambda.functionName}`, access: ['Create', 'Write'] };
  const compiled = compileService('logs', grant, 'spec.subject.lambda', settings, { name: 'function-logs' });
  const problems = compiled.problems.map((problem) => ({ ...problem, path: 'spec.subject.lambda.functionName' }));
  const statements: readonly DraftStatement[] = compiled.statements;
  return { statements, problems };
}
