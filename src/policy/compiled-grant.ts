import type { Conditions } from '../api/grant-schema.ts';
import type { Problem } from '../base/problem.ts';
import type { DraftStatement } from './draft-statement.ts';

/** What all typed grants have in common, besides the fields that name the resource. */
export interface TypedGrant {
  readonly access?: readonly string[];
  readonly actions?: readonly string[];
  readonly kmsKey?: string;
  readonly conditions?: Conditions;
}

export interface CompiledGrant {
  readonly statements: readonly DraftStatement[];
  readonly problems: readonly Problem[];
}
