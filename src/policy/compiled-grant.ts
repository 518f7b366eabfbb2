import type { Conditions } from '../api/grants/grant-fields.ts';
import type { Problem } from '../base/problem.ts';
import type { DraftStatement } from './draft-statement.ts';

/** What all typed grants have in common, besides the fields that name the resource. */
export interface TypedGrant {
  readonly access?: readonly string[];
  readonly actions?: readonly string[];
  readonly accountId?: string;
  readonly region?: string;
  readonly kmsKey?: string;
  readonly conditions?: Conditions;
}

/** All fields of a typed grant, those that name the resource among them. */
export type GrantFields = TypedGrant & Readonly<Record<string, unknown>>;

export interface CompiledGrant {
  readonly statements: readonly DraftStatement[];
  readonly problems: readonly Problem[];
}
