import type { AppAccess } from '../api/app-access.ts';
import type { Grant } from '../api/grant-schema.ts';
import { GRANT_SERVICES } from '../api/verbs.ts';
import type { Problem } from '../base/problem.ts';
import { assemblePolicy } from './assemble-policy.ts';
import { compileImplied } from './compile-implied.ts';
import { compileServiceGrant } from './compile-service-grant.ts';
import { compileStatementGrant } from './compile-statement-grant.ts';
import type { CompiledGrant } from './compiled-grant.ts';
import { escalationProblems } from './refuse-escalation.ts';
import type { CompileSettings, PolicyDocument } from './types.ts';

export interface CompiledPermissions {
  /** Without statements when every grant is a managed policy and the subject implies nothing. */
  readonly document: PolicyDocument;
  readonly problems: readonly Problem[];
}

/** The permissions policy of `appAccess`: its grants, managed policies apart, and what its subject implies. */
export function compilePermissions({ spec }: AppAccess, settings: CompileSettings): CompiledPermissions {
  const grants = spec.grants.map((grant, index) => compileGrant(grant, `spec.grants[${index}]`, settings));
  const compiled = [...grants, compileImplied(spec.subject, settings)];
  return {
    document: assemblePolicy(compiled.flatMap(({ statements }) => statements)),
    problems: compiled.flatMap(({ problems }) => problems),
  };
}

function compileGrant(grant: Grant, path: string, settings: CompileSettings): CompiledGrant {
  const name = grant.name === undefined ? {} : { name: grant.name };
  if (grant.statement !== undefined) {
    const at = `${path}.statement`;
    const compiled = compileStatementGrant(grant.statement, { path: at, partition: settings.partition, ...name });
    const refused = grant.statement.effect === 'Deny' ? [] : escalationProblems(grant.statement, at);
    return { ...compiled, problems: [...compiled.problems, ...refused] };
  }
  const service = GRANT_SERVICES.find((candidate) => grant[candidate] !== undefined);
  const typed = service === undefined ? undefined : grant[service];
  if (service === undefined || typed === undefined) return { statements: [], problems: [] };
  return compileServiceGrant(service, typed, { path: `${path}.${service}`, ...name }, settings);
}
